"""Small matrices want one thread.

Factoring 400 x 400 numbers takes 2 ms on one thread; where other programs keep the processors busy,
the threads of one factorization wait for each other, and it takes 340 ms.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from threadpoolctl import threadpool_limits


def one_thread() -> AbstractContextManager[Any]:
    """Hold linear algebra to one thread."""
    found: AbstractContextManager[Any] = threadpool_limits(limits=1)
    return found
