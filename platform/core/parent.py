"""Ending with one's parent: it holds a pipe open, and kill -9 closes that as well as anything."""

import os
import signal
import stat
import threading
import time


def end_with_parent(*, hard_after_s: float) -> None:
    """End this process when the pipe on its standard input closes: SIGTERM first, then hard.

    A terminal or /dev/null is no parent, and nothing is watched.
    """
    try:
        mode = os.fstat(0).st_mode
    except OSError:
        return
    if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
        threading.Thread(target=_watch, args=(hard_after_s,), name="parent", daemon=True).start()


def _watch(hard_after_s: float) -> None:
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(hard_after_s)
    os._exit(1)
