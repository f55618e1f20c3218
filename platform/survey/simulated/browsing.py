"""Sends a rater's requests over HTTP, with cookies, tokens against forgery and redirects."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

import requests

from survey.simulated.walking import Ask, Pause, Reply, Steps, Told

TIMEOUT_S = 30
_REDIRECTS = 5
_AGENT = "Semblance simulated rater"


class Stopped(Exception):
    """Somebody stopped the raters."""


class Browser:
    """One rater's browser; it goes nowhere but to `base`."""

    def __init__(self, base: str) -> None:
        self.base = base.rstrip("/")
        self.times_ms: dict[str, list[float]] = defaultdict(list)
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy, no password file
        self._session.headers["User-Agent"] = _AGENT

    def close(self) -> None:
        self._session.close()

    def ask(self, ask: Ask) -> Reply:
        began = time.perf_counter()
        try:
            reply = self._follow(ask)
        except requests.RequestException:
            return Reply(0)
        if reply.status < 400:
            self.times_ms[ask.what].append(1000 * (time.perf_counter() - began))
        return reply

    def _follow(self, ask: Ask) -> Reply:
        url, method = self._own(ask.path), ask.method
        headers = {"X-CSRFToken": ask.csrf} if ask.csrf else {}
        if method == "POST":
            headers |= {"Origin": self.base, "Referer": f"{self.base}/"}
        response = self._session.request(
            method,
            url,
            data=ask.form,
            json=ask.sent,
            headers=headers,
            timeout=TIMEOUT_S,
            allow_redirects=False,
        )
        for _ in range(_REDIRECTS):
            if not response.is_redirect:
                break
            url = self._own(urljoin(url, response.headers["Location"]))
            response = self._session.get(url, timeout=TIMEOUT_S, allow_redirects=False)
        return Reply(response.status_code, response.content, urlsplit(url).path)

    def _own(self, address: str) -> str:
        url = urljoin(f"{self.base}/", address)
        if urlsplit(url)[:2] != urlsplit(self.base)[:2]:
            raise requests.exceptions.InvalidURL("an address of another server")
        return url


def drive(
    steps: Steps,
    browser: Browser,
    *,
    stop: threading.Event,
    after: Callable[[Ask, Reply], None] = lambda *_: None,
) -> Told:
    """Let a rater go their way; `after` hears of each request. Raises `Stopped` on `stop`."""
    reply: Reply | None = None
    try:
        step = next(steps)
        while True:
            if stop.wait(step.seconds if isinstance(step, Pause) else 0):
                raise Stopped
            if isinstance(step, Pause):
                reply = None
            else:
                reply = browser.ask(step)
                after(step, reply)
            step = steps.send(reply)
    except StopIteration as end:
        told: Told = end.value
        return told
    finally:
        steps.close()
        browser.close()
