"""Something done again and again from a thread, beside the work in hand."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def repeated(work: Callable[[], None], *, every_s: float, name: str) -> Iterator[None]:
    """Call `work` every so many seconds until the block is left; it handles its own errors.

    The thread has a database connection of its own, which is closed with it.
    """
    done = threading.Event()

    def keep() -> None:
        try:
            while not done.wait(every_s):
                work()
        finally:
            connection.close()

    thread = threading.Thread(target=keep, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
