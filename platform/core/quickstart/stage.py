"""Runs one command of the pipeline as a subprocess and hands on its events."""

import json
import logging
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

logger = logging.getLogger(__name__)

COMMAND = (sys.executable, "-m", "pipeline")
TICK_S = 0.5
GRACE_S = 20.0


class ParentGone(Exception):
    """Standard input, a pipe held by the process that started this one, has ended."""


@contextmanager
def started(arguments: list[str], *, cwd: Path, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start `python -m pipeline ...` and end it with the block.

    The pipe on its standard input is held open by this process and by nobody else, so a stage
    notices when this process ends, even by kill -9.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as stderr:
        process = subprocess.Popen(
            [*COMMAND, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            cwd=cwd,
        )
    try:
        yield process
    finally:
        if process.stdin:
            process.stdin.close()
        try:
            process.wait(timeout=GRACE_S)
        except subprocess.TimeoutExpired:
            logger.warning("The pipeline did not stop in %s s; it is killed.", GRACE_S)
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()


def events(
    process: subprocess.Popen[bytes], *, parent: int | None = None
) -> Iterator[dict[str, Any] | None]:
    """Yield the events of a stage until it closes its output, and None at every tick between.

    Raises ParentGone when `parent`, a file descriptor, ends.
    """
    out = cast(IO[bytes], process.stdout).fileno()
    watched = [out] if parent is None else [out, parent]
    rest = b""
    while True:
        ready, _, _ = select.select(watched, [], [], TICK_S)
        if parent is not None and parent in ready and not os.read(parent, 4096):
            raise ParentGone
        if out in ready:
            chunk = os.read(out, 1 << 16)
            if not chunk:
                return
            *lines, rest = (rest + chunk).split(b"\n")
            yield from (event for line in lines if (event := _event(line)) is not None)
        yield None


def _event(line: bytes) -> dict[str, Any] | None:
    """An event, or None: Blender and other libraries print lines of their own."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and "event" in event else None
