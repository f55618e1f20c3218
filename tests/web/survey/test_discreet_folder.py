"""Threat 18 against a server as people run it: after erasing, no file in its folder knows anybody.

Two raters named in what they leave behind: one erases before the closing, one after it. Then
every byte of every file is searched: the database, its write-ahead log, stored files, logs.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.browser.survey.server import Server, new_server
from tests.homes import ROOT

pytestmark = pytest.mark.timeout(300)

FORWARDED = "203.0.113.77"
AGENT = "Firefox of Mirabel Quillon"


@dataclass(slots=True)
class Logged(Server):
    """By the command that serves people, all that it says in a file of the folder."""

    def start(self) -> None:
        environment = self.environment | {
            "PORT": str(self.port),
            "SEMBLANCE_LOG_LEVEL": "DEBUG",
            "SEMBLANCE_TRUSTED_PROXIES": "1",
        }
        with (self.home / "web.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(ROOT / "manage.py"), "web"],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{self.url}/health", timeout=2).close()
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the server did not come up")


@pytest.fixture
def server(migrated_home: Path, tmp_path: Path) -> Iterator[Server]:
    server = new_server(migrated_home, tmp_path / "home", kind=Logged)
    yield server
    server.close()


class Person:
    """A browser behind a proxy that tells whose it is."""

    def __init__(self, server: Server) -> None:
        self.url = server.url
        self.browser = requests.Session()
        self.browser.headers.update({"User-Agent": AGENT, "X-Forwarded-For": FORWARDED})

    def get(self, path: str) -> requests.Response:
        return self.browser.get(self.url + path, timeout=30)

    def post(self, path: str, form: dict[str, str] | None = None, **more: Any) -> str:
        token = self.browser.cookies.get("csrftoken") or ""
        headers = {"X-CSRFToken": token, "Origin": self.url, "Referer": f"{self.url}/"}
        response = self.browser.post(
            self.url + path, data=form, headers=headers, timeout=30, **more
        )
        assert response.status_code == 200, (path, response.status_code)
        return response.text

    def takes(self, study: dict[str, Any], *, saying: str) -> None:
        at = f"/survey/take/{study['code']}/"
        self.get(study["links"].pop())
        self.post(f"{at}consent", {"agreed": "yes"})
        self.get(at)
        self.post(f"{at}questions", {})
        self.post(f"{at}begin", {"width": "1440"})
        while following := self.get(f"{at}plan").json()["next"]:
            answer = {
                "client_id": str(uuid.uuid4()),
                "token": following[0]["token"],
                "decision": "real",
                "confidence": 2,
                "reason": saying,
            }
            self.get(f"{at}image/{following[0]['token']}")
            self.post(f"{at}answer", json=answer)


def kept_in(home: Path) -> dict[str, bytes]:
    files = (path for path in home.rglob("*") if path.is_file())
    return {str(path.relative_to(home)): path.read_bytes() for path in files}


def found_in(home: Path, *traces: str) -> list[tuple[str, str]]:
    return [
        (name, trace)
        for name, held in kept_in(home).items()
        for trace in traces
        if re.search(re.escape(trace.encode()), held, re.IGNORECASE)
    ]


def test_threat_18_after_erasing_no_file_of_the_folder_knows_a_rater(server: Server) -> None:
    study = server.make(
        real=2, artificial=2, links=2, label="Marie Example", settings={"ask_reason": True}
    )
    early, late, organiser = Person(server), Person(server), Person(server)
    guessing = Person(server)  # of failed sign-ins the browser's name is kept, the address is not
    guessing.browser.headers["User-Agent"] = "Firefox"
    guessing.get("/accounts/sign-in")
    guessing.post("/accounts/sign-in", {"username": "mirabel", "password": "a guess"})
    assert len(server.ask("SELECT ip_address FROM axes_accessattempt")) == 1
    early.takes(study, saying="Mirabel Quillon drew this")
    late.takes(study, saying="Ottokar Brandeis drew this")
    before = server.ask("SELECT pseudonym FROM survey_session ORDER BY id")
    pseudonyms = [one for (one,) in before]
    assert len(pseudonyms) == 2
    said = ("Mirabel Quillon", "Ottokar Brandeis", "Marie Example", *pseudonyms)
    assert {trace for _, trace in found_in(server.home, *said)} == set(said), "it looks nowhere"

    early.post(f"/survey/take/{study['code']}/withdraw")
    early.post(f"/survey/take/{study['code']}/erase")
    organiser.browser.cookies.set("sessionid", study["organiser"])
    organiser.get(f"/survey/{study['pk']}/")
    organiser.post(f"/survey/{study['pk']}/close")
    late.post(f"/survey/take/{study['code']}/erase")
    organiser.post(f"/survey/{study['pk']}/invitations/forget")

    assert found_in(server.home, *said, FORWARDED, AGENT) == []
    tables = server.ask(
        "SELECT name FROM sqlite_master WHERE name LIKE 'survey_%' AND type='table'"
    )
    rows = [str(server.ask(f'SELECT * FROM "{table}"')) for (table,) in tables]
    assert "127.0.0.1" not in "".join(rows)
    assert server.ask("SELECT count(*) FROM survey_judgement") == [(4,)]
