"""A rater's way through a study, as requests: the pages and their forms, then image by image.

`rate` is a generator: it yields an `Ask` and is sent the `Reply`, or yields a `Pause`. An answer
keeps its id through all tries, as the page's own script does it.
"""

from __future__ import annotations

import hashlib
import json
import random
import uuid
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

from survey.simulated.minds import Known, Mind
from survey.simulated.pages import Page

TRIES = 60
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.1, 2.0
_MOST_PAGES = 12


@dataclass(frozen=True, slots=True)
class Ask:
    """One request; redirects are followed by whoever sends it."""

    what: str  # "page", "plan", "image" or "answer"
    path: str
    form: dict[str, str] | None = None
    sent: dict[str, Any] | None = None  # as JSON
    csrf: str = ""

    @property
    def method(self) -> str:
        return "GET" if self.form is None and self.sent is None else "POST"


@dataclass(frozen=True, slots=True)
class Pause:
    seconds: float


@dataclass(frozen=True, slots=True)
class Reply:
    status: int  # 0: none came
    body: bytes = b""
    path: str = ""  # after redirects


Step = Ask | Pause
Steps = Generator[Step, Reply | None, "Told"]


@dataclass(slots=True)
class Told:
    """What a rater can tell afterwards."""

    mind: str
    finished: bool = False
    problem: str = ""
    confirmed: dict[str, str] = field(default_factory=dict)  # id of the answer: decision
    refused: int = 0  # answers to which another one was kept
    retries: int = 0


def sha256_of(image: bytes) -> str:
    return hashlib.sha256(image).hexdigest()


def rate(
    mind: Mind,
    *,
    entrance: str,
    known: Mapping[str, Known],
    rng: random.Random,
    pace: float = 1.0,
    name_of: Callable[[bytes], str] = sha256_of,
) -> Steps:
    """Take a study from the link to the end; `pace` scales the time that is really waited.

    `known` tells what is true of an image, by the name that `name_of` gives its bytes.
    """
    told = Told(mind.name)

    def look(image: bytes) -> Known:
        if (name := name_of(image)) not in known:
            raise _Stuck("an image came that belongs to no stimulus")
        return known[name]

    try:
        page, path = yield from _pages(told, entrance, rng)
        if "plan" in page.told:
            yield from _judge(told, page.told, mind, look, rng, pace)
            _, path = yield from _pages(told, page.told["end"], rng)
        told.finished = path.rstrip("/").endswith("/end")
    except _Stuck as stuck:
        told.problem = str(stuck)
    return told


class _Stuck(Exception):
    pass


def _ask(told: Told, ask: Ask, *, fine: frozenset[int] = frozenset({200})) -> Any:
    """Ask until there is an answer; what the server does not take is the end of the way."""
    wait = _FIRST_WAIT_S
    for _ in range(TRIES):
        reply = yield ask
        if reply.status in fine:
            return reply
        if 0 < reply.status < 500 and reply.status != 429:
            raise _Stuck(f"{ask.what}: the server answered {reply.status} to {ask.path}")
        told.retries += 1
        yield Pause(wait)
        wait = min(2 * wait, _LONGEST_WAIT_S)
    raise _Stuck(f"{ask.what}: no answer after {TRIES} tries")


def _pages(told: Told, path: str, rng: random.Random) -> Any:
    """Fill in one form after the other until the images begin or nothing is left to fill in."""
    reply = yield from _ask(told, Ask("page", path))
    seen: set[str] = set()
    for _ in range(_MOST_PAGES):
        page = Page(reply.body.decode())
        form = page.way_on
        if "plan" in page.told or form is None or form.action in seen:
            return page, reply.path
        seen.add(form.action)
        action = form.action or reply.path
        reply = yield from _ask(told, Ask("page", action, form=form.filled(rng)))
    raise _Stuck("the pages before the images do not end")


def _judge(
    told: Told,
    page: Mapping[str, str],
    mind: Mind,
    look: Callable[[bytes], Known],
    rng: random.Random,
    pace: float,
) -> Any:
    seen: dict[str, Known] = {}
    plan = json.loads((yield from _ask(told, Ask("plan", page["plan"]))).body)
    while plan["next"]:
        for one in plan["next"]:
            yield from _fetch(told, page["image"], one, look, seen)
        one = plan["next"][0]
        other = seen[one["other"]] if one.get("other") else None
        decision, confidence = mind.decide(seen[one["token"]], other, rng)
        thinking_ms = mind.think_ms(rng)
        yield Pause(thinking_ms / 1000 * pace)
        answer = {
            "client_id": str(uuid.UUID(int=rng.getrandbits(128), version=4)),
            "token": one["token"],
            "decision": decision,
            "confidence": confidence,
            "response_ms": round(0.9 * thinking_ms, 1),
            "confirm_ms": round(thinking_ms, 1),
            "since_shown_ms": round(thinking_ms * pace, 1),
            "changes": 0,
            "hidden_ms": 0,
            "zooms": [],
        }
        ask = Ask("answer", page["answer"], sent=answer, csrf=page["csrf"])
        reply = yield from _ask(told, ask, fine=frozenset({200, 409}))
        if reply.status == 200:
            told.confirmed[answer["client_id"]] = decision
        else:
            told.refused += 1
        plan = json.loads(reply.body)
        if reply.status != 200 and one["token"] in {waiting["token"] for waiting in plan["next"]}:
            raise _Stuck("an answer was refused to an image that has none")


def _fetch(
    told: Told,
    address: str,
    one: Mapping[str, Any],
    look: Callable[[bytes], Known],
    seen: dict[str, Known],
) -> Any:
    """Fetch what is not here yet; the bytes are all that says which image it is."""
    for token in (one["token"], one.get("other")):
        if token is None or token in seen:
            continue
        ask = Ask("image", address.replace("TOKEN", token))
        reply = yield from _ask(told, ask)
        seen[token] = look(reply.body)
