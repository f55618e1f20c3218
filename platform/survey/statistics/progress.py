"""How long computations tell how far they are, and are asked to stop."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int], None]  # parts done, parts in all
Stop = Callable[[], bool]  # true: raise `stopping.Stopped`


def unheard(done: int, total: int) -> None:
    """Tell nobody."""


def never() -> bool:
    return False
