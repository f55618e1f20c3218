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
        """Make a study as `survey_scenes` does; it answers with what a test needs."""
        command = [sys.executable, "-m", "tests.browser.survey_scenes", json.dumps(wanted)]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with sqlite3.connect(f"file:{self.home}/semblance.sqlite3?mode=ro", uri=True) as database:
            rows = database.execute(query, values).fetchall()
        database.close()
        return rows


def new_server(template: Path, home: Path) -> Server:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server = Server(copied(template, home), free.getsockname()[1])
    server.start()
    return server
