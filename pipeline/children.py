"""Starting processes that never outlive us, and reading the JSON lines they write."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

STOP_S = 8.0  # a little more than the guardian's grace, so that children end by themselves


@contextmanager
def child(
    arguments: list[str], *, stderr: Path, scratch: Path | None = None
) -> Iterator[subprocess.Popen[str]]:
    """Run `python -m ARGUMENTS`; hold its standard input, so that it ends when we do.

    Parameters
    ----------
    arguments : list of str
        What stands after ``python -m``.
    stderr : Path
        File that takes what the child and its native libraries say.
    scratch : Path or None
        Folder for temporary files, its own and its libraries'; None takes the system's.
    """
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    if scratch is not None:
        environment["TMPDIR"] = str(scratch.absolute())
    with stderr.open("ab") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=environment,
            text=True,
        )
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(timeout=STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()


def each_line(process: subprocess.Popen[str], handle: Callable[[str], None]) -> int:
    """Give every line that the child writes to `handle`; return the child's exit code."""
    if process.stdout is None:
        raise ValueError("the child was started without a pipe")
    for line in process.stdout:
        if line.strip():
            handle(line)
    return process.wait()


def last_lines(path: Path, count: int = 12) -> str:
    """Return the end of a log file, for an error message."""
    try:
        lines = path.read_text(errors="replace").splitlines()
    except OSError:
        return ""
    return "\n".join(lines[-count:])
