"""An installation of its own for a test: a database, a broker, real workers, and a way to ask.

The workers run the stand-in stage. Whatever is started here is ended here.
"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from tests.backing import Backing
from tests.homes import ROOT, embedded

T = TypeVar("T")

LEASE_S, SWEEP_S = 3, 1

# Django in a process of its own plays the web server: it evaluates one expression a line.
ASK = """
import json, sys, django
django.setup()
from accounts.models import User
from runs.models import *
from runs.services import *
def start(stage="simulate", **fields):
    owner = User.objects.get_or_create(username="analyst", is_analyst=True)[0]
    return run_start(owner=owner, stage=stage, **fields).pk
def run(pk):
    return Run.objects.values().get(pk=pk)
def cancel(pk):
    run_cancel(run=Run.objects.get(pk=pk), by=User.objects.get())
def resume(pk):
    run_resume(run=Run.objects.get(pk=pk), by=User.objects.get())
print("null", flush=True)
for line in sys.stdin:
    print(json.dumps(eval(json.loads(line)), default=str), flush=True)
"""


def until(ask: Callable[[], T], *, seconds: float = 60, what: object = "") -> T:
    end = time.monotonic() + seconds
    while True:
        if answer := ask():
            return answer
        assert time.monotonic() < end, f"waited {seconds:.1f} s in vain; {what}"
        time.sleep(0.05)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Lab:
    def __init__(self, home: Path, *, backing: Backing, **extra: str) -> None:
        self.home = home
        self.backing = backing
        stand_in = Path(__file__).with_name("stand_in.py")
        self.environment = {
            **embedded(home),
            **backing.environment,
            "SEMBLANCE_WORK": str(home / "work"),
            "SEMBLANCE_LEASE_S": str(LEASE_S),
            "SEMBLANCE_STAGE_COMMAND": shlex.join([sys.executable, str(stand_in)]),
            "PYTHONWARNINGS": "ignore",
            **extra,
        }
        self._processes: list[subprocess.Popen[Any]] = []
        self._django: subprocess.Popen[str] | None = None

    # ---- processes -------------------------------------------------------------------------------

    def spawn(
        self, *arguments: str, stand_in: str = "", sweep_s: int = SWEEP_S, **options: Any
    ) -> subprocess.Popen[Any]:
        with (self.home / "log.txt").open("ab") as log:
            process = subprocess.Popen(
                arguments,
                env={
                    **self.environment,
                    "SEMBLANCE_STAND_IN": stand_in,
                    "SEMBLANCE_SWEEP_S": str(sweep_s),
                },
                stdin=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
                **{"stdout": log} | options,
            )
        self._processes.append(process)
        return process

    def manage(self, *arguments: str, **options: Any) -> subprocess.Popen[Any]:
        return self.spawn(sys.executable, str(ROOT / "manage.py"), *arguments, **options)

    def worker(self, name: str, **options: Any) -> subprocess.Popen[Any]:
        """Start a worker of all queues and wait until it is there."""
        process = self.manage("worker", "--name", name, **options)
        until(lambda: self._present(name), what=self)
        return process

    def _present(self, name: str) -> bool:
        rows = self.sql("SELECT 1 FROM runs_workerpresence WHERE name LIKE ?", f"{name}@%")
        return bool(rows)

    def close(self) -> None:
        for process in self._processes:
            if process.poll() is None:
                process.kill()
            process.communicate()
        self.backing.close()

    # ---- asking ----------------------------------------------------------------------------------

    def ask(self, expression: str) -> Any:
        """Evaluate an expression in a process that has Django."""
        if self._django is None:
            self._django = self.spawn(sys.executable, "-c", ASK, stdout=subprocess.PIPE, text=True)
            self._answer()
        assert self._django.stdin is not None
        self._django.stdin.write(json.dumps(expression) + "\n")
        self._django.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        assert self._django is not None
        assert self._django.stdout is not None
        line = self._django.stdout.readline()
        assert line, self.log()
        return json.loads(line)

    def start(self) -> int:
        return int(self.ask("start()"))

    def run(self, pk: int) -> dict[str, Any]:
        return dict(self.ask(f"run({pk})"))

    def status(self, pk: int) -> str:
        """Without Django, so that a state of some milliseconds is seen."""
        return str(self.sql("SELECT status FROM runs_run WHERE id = ?", pk)[0][0])

    def sql(self, query: str, *values: Any) -> list[Any]:
        return self.backing.rows(query, *values)

    # ---- stages ----------------------------------------------------------------------------------

    def out(self, pk: int) -> Path:
        return self.home / "work" / "runs" / str(pk) / "out"

    def starts(self, pk: int) -> list[int]:
        """The process ids of all stages that ever wrote to the run's folder."""
        path = self.out(pk) / "starts.txt"
        return [int(line) for line in path.read_text().split()] if path.exists() else []

    def let_go(self, pk: int) -> None:
        self.out(pk).mkdir(parents=True, exist_ok=True)
        (self.out(pk).parent / "go").touch()

    def __str__(self) -> str:
        return self.log()

    def log(self) -> str:
        path = self.home / "log.txt"
        return path.read_text() if path.exists() else ""


def kill(process: subprocess.Popen[Any]) -> float:
    """Kill a process, and it alone, by kill -9; return when."""
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    return time.monotonic()


def healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def children(parent: int, word: str) -> list[int]:
    """The children of a process whose command line has `word` as a word of it."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, IndexError):
            if entry.name.isdecimal():
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
                words = (entry / "cmdline").read_text().split("\0")
                if int(stat[1]) == parent and (not word or word in words):
                    found.append(int(entry.name))
    return sorted(found)


def descendants(parent: int) -> list[int]:
    below = children(parent, "")
    return [*below, *(pid for child in below for pid in descendants(child))]
