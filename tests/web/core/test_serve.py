"""`make run` as a whole: a real server and launcher, in processes of their own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from tests.conftest import ROOT

# Replaces the pipeline by a package of the same name that is found first.
STAGE = """
import json, os, pathlib, sys, time
out = pathlib.Path(sys.argv[sys.argv.index("--out") + 1]); out.mkdir(parents=True, exist_ok=True)
event = {"event": "progress", "phase": "simulate", "done": 1, "total": 2, "unit": "scenes"}
print(json.dumps(event), flush=True)
pathlib.Path(os.environ["STAGE_PID"]).write_text(str(os.getpid()))
if (pathlib.Path(os.environ["STAGE_PID"]).parent / "wait").exists():
    sys.stdin.read()
    sys.exit(143)
(out / "report.html").write_text("report")
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


T = TypeVar("T")


def until(ask: Callable[[], T], *, seconds: float = 30) -> T:
    end = time.monotonic() + seconds
    while True:
        try:
            if answer := ask():
                return answer
        except (OSError, ValueError):
            pass  # not there yet
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return state != "Z"


class Serving:
    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        images = folder / "images"
        images.mkdir()
        (images / "1.png").touch()
        package = folder / "stand_in" / "pipeline"
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
        (package / "__main__.py").write_text(STAGE)
        self.environment = {
            **os.environ,
            "SEMBLANCE_HOME": str(folder / "home"),
            "SEMBLANCE_DATA": str(images),
            "PORT": str(self.port),
            "STAGE_PID": str(folder / "stage.pid"),
            "PYTHONPATH": str(folder / "stand_in"),
            "PYTHONSAFEPATH": "1",  # or `-m pipeline` would find the real one in the checkout
        }

    @contextmanager
    def started(self) -> Iterator[subprocess.Popen[str]]:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "serve"],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.communicate()

    def get(self, path: str) -> str:
        address = f"http://127.0.0.1:{self.port}{path}"
        with urllib.request.urlopen(address, timeout=5) as answer:
            return str(answer.read().decode())

    def record(self) -> dict[str, object]:
        path = self.folder / "home" / "quickstart" / "record.json"
        return dict(json.loads(path.read_text()))

    def stage_pid(self) -> int:
        return until(lambda: int((self.folder / "stage.pid").read_text()))


@pytest.fixture
def serving(tmp_path: Path) -> Serving:
    return Serving(tmp_path)


def test_it_serves_the_page_and_runs_the_quickstart_to_its_report(serving: Serving) -> None:
    with serving.started() as process:
        until(lambda: serving.record()["status"] == "done")
        page = until(lambda: serving.get("/"))
        assert "Open the report" in page
        run = serving.record()["run"]
        assert serving.get(f"/quickstart/{run}/report.html") == "report"
        assert json.loads(serving.get("/health")) == {"status": "ok"}
        assert serving.get("/static/css/tokens.css")
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert f"Semblance is at http://127.0.0.1:{serving.port}/" in output
    assert "Traceback" not in output


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_whatever_ends_it_ends_its_stage_too(serving: Serving, how: signal.Signals) -> None:
    (serving.folder / "wait").touch()
    with serving.started() as process:
        stage = serving.stage_pid()
        assert alive(stage)
        until(lambda: "1 of 2 scenes" in serving.get("/"))
        process.send_signal(how)
        process.communicate(timeout=50)
        until(lambda: not alive(stage))
        until(lambda: serving.record()["status"] == "stopped")


def test_a_port_in_use_is_said_at_once_with_what_to_do(serving: Serving) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", serving.port))
        taken.listen()
        with serving.started() as process:
            output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert f"Port {serving.port} is in use" in output
    assert f"make run PORT={serving.port + 1}" in output
    assert not (serving.folder / "home" / "quickstart").exists()
