"""A server of its own for the survey: real processes, a database in a file, rows from a script.

The test server shares one connection between its threads; a survey that sends answers and fetches
images at once needs what people will run.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.homes import ROOT, copied, embedded


@dataclass(slots=True)
class Server:
    home: Path
    port: int
    process: subprocess.Popen[bytes] | None = field(default=None)
    scenes: subprocess.Popen[str] | None = field(default=None)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        return embedded(self.home) | {"SEMBLANCE_LOG_LEVEL": "WARNING"}

    def start(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--threads", "8"]
        command += ["--bind", f"127.0.0.1:{self.port}", "--log-level", "error"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, start_new_session=True
        )
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{self.url}/health", timeout=2).close()
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the server did not come up")

    def stop(self, how: int = signal.SIGTERM) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, how)  # the workers too
            self.process.wait(timeout=30)
            self.process = None

    def make(self, **wanted: Any) -> dict[str, Any]:
        """Make a study as `scenes` does; it answers with what a test needs."""
        if self.scenes is None:
            command = [sys.executable, "-m", "tests.browser.survey.scenes"]
            self.scenes = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self.scenes.stdin is not None
        assert self.scenes.stdout is not None
        self.scenes.stdin.write(json.dumps(wanted) + "\n")
        self.scenes.stdin.flush()
        answer = self.scenes.stdout.readline()
        assert answer, "the study could not be made; see the captured stderr"
        found: dict[str, Any] = json.loads(answer)
        return found

    def close(self) -> None:
        self.stop()
        if self.scenes is not None:
            assert self.scenes.stdin is not None
            assert self.scenes.stdout is not None
            self.scenes.stdin.close()
            self.scenes.wait(timeout=30)
            self.scenes.stdout.close()
            self.scenes = None

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        return [tuple(row.values()) for row in self.rows(query, *values)]

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        with sqlite3.connect(f"file:{self.home}/semblance.sqlite3?mode=ro", uri=True) as database:
            database.row_factory = sqlite3.Row
            rows = [dict(row) for row in database.execute(query, values).fetchall()]
        database.close()
        return rows


def new_server(template: Path, home: Path, kind: type[Server] = Server) -> Server:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server = kind(copied(template, home), free.getsockname()[1])
    try:
        server.start()
    except BaseException:
        server.close()  # whoever asked for it has nothing to close
        raise
    return server
