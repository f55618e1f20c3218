"""Ends a stage when it should end: SIGTERM, Ctrl-C, or its parent closing standard input.

The signal handler raises `StageStopped` in the main thread, so `finally` blocks run and no
`.part` file stays. Python runs handlers between bytecodes only; a main thread deep inside a
native call (a Blender frame, a large convolution) would not notice for long. So a thread watches
the same signals and ends the process hard after a grace time. That is safe: every file is written
as `.part` and renamed.

That thread needs Python's lock. A child that loads Blender holds it for seconds, and longer on a
busy machine, so children ask the kernel as well to end them with their parent.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from pipeline.errors import StageStopped

GRACE_S = 3.0
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def guarded(*, watch_stdin: bool = True) -> Iterator[None]:
    """Turn SIGTERM, SIGINT and the end of a piped standard input into `StageStopped`.

    Only a pipe or socket is watched: a terminal never ends, and `/dev/null` (cron, CI) always has.
    """
    reason = ["stopped by a signal"]

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        for name in _SIGNALS:  # the second signal must not interrupt the cleaning up
            signal.signal(name, signal.SIG_IGN)
        raise StageStopped(f"The stage was {reason[0]}; what it finished is kept.")

    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    old_handlers = {name: signal.signal(name, stop) for name in _SIGNALS}
    old_fd = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    stdin_fd = _piped_stdin() if watch_stdin else None
    watcher = threading.Thread(
        target=_watch, args=(reader, stdin_fd, reason), name="guardian", daemon=True
    )
    watcher.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(old_fd)
        os.close(writer)  # the watcher sees the end of its pipe and returns
        for name, handler in old_handlers.items():
            signal.signal(name, handler)
        watcher.join()


def die_with_parent() -> None:
    """Have the kernel kill this process (SIGKILL) when the thread that started it has gone.

    For children whose work is lost without their parent anyway. Linux has it; elsewhere the end of
    standard input tells it (`guarded`). A parent that went before this was asked is seen by its
    pipe, which has no writer any more; then the process ends at once.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if (stdin_fd := _piped_stdin()) is not None and _has_no_writer(stdin_fd):
        os._exit(StageStopped.exit_code)


def _piped_stdin() -> int | None:
    try:
        mode = os.fstat(0).st_mode
    except OSError:
        return None
    return 0 if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) else None


def _has_no_writer(fd: int) -> bool:
    ends = select.poll()
    ends.register(fd, select.POLLHUP)
    return bool(ends.poll(0))


def _watch(reader: int, stdin_fd: int | None, reason: list[str]) -> None:
    watched = [reader] if stdin_fd is None else [reader, stdin_fd]
    stopping = False
    while True:
        ready, _, _ = select.select(watched, [], [], GRACE_S if stopping else None)
        if not ready:
            sys.stderr.write("semblance: ended hard, the work in hand did not stop in time\n")
            sys.stderr.flush()
            os._exit(StageStopped.exit_code)
        if reader in ready:
            if not os.read(reader, 64):
                os.close(reader)
                return
            stopping = True
        if stdin_fd in ready and not os.read(0, 4096):
            watched.remove(0)
            reason[0] = "stopped because its standard input was closed (its parent has gone)"
            stopping = True
            os.kill(os.getpid(), signal.SIGTERM)
