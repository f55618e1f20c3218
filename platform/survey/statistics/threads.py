"""Small matrices want one thread.

Factoring 400 x 400 numbers takes 2 ms on one thread; where other programs keep the processors busy,
the threads of one factorization wait for each other, and it takes 340 ms.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from importlib.util import find_spec
from typing import Any


def one_thread() -> AbstractContextManager[Any]:
    """Hold linear algebra to one thread, where `threadpoolctl` is installed."""
    if find_spec("threadpoolctl") is None:
        return nullcontext()
    found: AbstractContextManager[Any] = import_module("threadpoolctl").threadpool_limits(limits=1)
    return found
