"""`make run` as a whole: pages and two workers, in processes of their own."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable

import pytest

from tests.conftest import ROOT
from tests.web.runs.lab import Lab, alive, children, healthy, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

MakeLab = Callable[..., Lab]


def get(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
        return str(answer.read().decode())


def test_it_says_where_it_is_serves_the_pages_and_ends_with_ctrl_c(
    make_lab: MakeLab, port: int
) -> None:
    lab = make_lab(PORT=str(port))
    serve = lab.manage("serve")
    until(lambda: healthy(port), what=lab)
    assert json.loads(get(port, "/health")) == {"status": "ok"}
    assert get(port, "/static/css/tokens.css")
    until(lambda: len(lab.sql("SELECT name FROM runs_workerpresence")) == 2, what=lab)
    serve.send_signal(signal.SIGINT)
    assert serve.wait(timeout=20) == 0
    assert f"Semblance is at http://127.0.0.1:{port}/" in lab.log()
    assert "Traceback" not in lab.log()
    assert lab.sql("SELECT name FROM runs_workerpresence") == [], "they said good-bye"


def test_a_port_in_use_is_said_at_once_with_what_to_do(make_lab: MakeLab, port: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        lab = make_lab(PORT=str(port))
        done = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), "serve"],
            env=lab.environment,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert done.returncode == 1
    assert f"Port {port} is in use" in done.stderr
    assert f"make run PORT={port + 1}" in done.stderr


def test_the_web_restarted_in_the_middle_changes_nothing_for_a_run(
    make_lab: MakeLab, port: int
) -> None:
    lab = make_lab(PORT=str(port))
    serve = lab.manage("serve", stand_in="wait")
    until(lambda: healthy(port), what=lab)
    pk = lab.start()
    [stage] = until(lambda: lab.starts(pk), what=lab)
    [web] = children(serve.pid, "web")
    os.kill(web, signal.SIGKILL)
    until(lambda: children(serve.pid, "web") not in ([], [web]))
    until(lambda: healthy(port), what=lab)
    assert alive(stage)
    lab.let_go(pk)
    until(lambda: lab.status(pk) == "succeeded")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_whatever_ends_serve_ends_all_of_it(
    make_lab: MakeLab, port: int, how: signal.Signals
) -> None:
    lab = make_lab(PORT=str(port))
    serve = lab.manage("serve", stand_in="wait")
    until(lambda: healthy(port), what=lab)
    pk = lab.start()
    [stage] = until(lambda: lab.starts(pk), what=lab)
    crew = children(serve.pid, "")
    assert len(crew) == 3
    workers = children(serve.pid, "worker")
    os.kill(workers[0], signal.SIGKILL)
    until(
        lambda: len(children(serve.pid, "worker")) == 2 and children(serve.pid, "worker") != workers
    )
    crew = children(serve.pid, "")
    serve.send_signal(how)
    serve.wait(timeout=20)
    for pid in [*crew, stage, *lab.starts(pk)]:
        until(lambda pid=pid: not alive(pid), seconds=15, what=f"for {pid}")  # type: ignore[misc]
    assert lab.status(pk) in {"queued", "running"}
