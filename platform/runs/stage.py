"""One stage as a subprocess: started so that it never outlives us, read line by line."""

from __future__ import annotations

import contextlib
import logging
import os
import selectors
import shlex
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from django.conf import settings

logger = logging.getLogger(__name__)

# A stage tidies up for at most 3 s (its guardian), and a cancelled one must be gone in 5.
GRACE_S = 4.0
NICENESS = 5  # pages stay quick while a training takes every core
_LONGEST_LINE = 1 << 20


class Stage:
    """A running `python -m pipeline run SPEC OUT`.

    Its standard input is a pipe that only this process holds open: it ends when this process
    does, even by kill -9. It leads a process group, so that what it started can be ended with it.
    """

    def __init__(self, *, spec: Path, out: Path, root: Path, log: Path) -> None:
        command = [*shlex.split(settings.SEMBLANCE_STAGE_COMMAND), "run"]
        command += [str(spec.relative_to(root)), str(out.relative_to(root))]
        with log.open("ab") as stderr:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                cwd=root,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
                start_new_session=True,
            )
        with contextlib.suppress(OSError):  # it may have ended already
            os.setpriority(os.PRIO_PROCESS, self._process.pid, NICENESS)
        self._stdout = cast(IO[bytes], self._process.stdout)
        os.set_blocking(self._stdout.fileno(), False)

    @property
    def pid(self) -> int:
        return self._process.pid

    def lines(self, *, tick_s: float) -> Iterator[bytes | None]:
        """The lines that the stage writes, and None at every tick between; ends with its output."""
        rest = b""
        with selectors.DefaultSelector() as selector:
            selector.register(self._stdout, selectors.EVENT_READ)
            while True:
                if not selector.select(tick_s):
                    yield None
                    continue
                chunk = os.read(self._stdout.fileno(), 1 << 16)
                if not chunk:
                    if rest:
                        yield rest
                    return
                *lines, rest = (rest + chunk).split(b"\n")
                yield from lines
                if len(rest) > _LONGEST_LINE:
                    rest = b""
                yield None

    def end(self) -> int:
        """End the stage if it still runs, and whatever it started; return its exit code."""
        if self._process.stdin:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        try:
            code = self._process.wait(timeout=GRACE_S)
        except subprocess.TimeoutExpired:
            logger.warning("stage %s did not stop in %s s and is killed", self.pid, GRACE_S)
            self._kill_group()
            code = self._process.wait()
        self._kill_group()
        self._stdout.close()
        return code

    def wait(self, *, timeout_s: float) -> int | None:
        """The exit code of a stage that has closed its output; None if it lingers."""
        try:
            return self._process.wait(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            return None

    def _kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
