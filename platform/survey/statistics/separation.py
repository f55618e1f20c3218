"""How well one number sorts two groups."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence


def auc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """Part of the pairs in which the positive is larger, ties half; None without a pair."""
    if not positive or not negative:
        return None
    ordered = sorted(negative)
    wins = sum(
        (bisect_left(ordered, value) + bisect_right(ordered, value)) / 2 for value in positive
    )
    return wins / (len(positive) * len(negative))
