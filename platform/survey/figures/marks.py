"""Marks of where an image looks artificial, counted on a grid of the picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

GRID = 24  # cells along each side


def cells_met(
    regions: Iterable[Sequence[float]], *, width_px: int, height_px: int
) -> Counter[tuple[int, int]]:
    """How many regions meet each cell, by (row, column); cells that none meets are left out.

    `regions` : (x, y, width, height) in px of the image as raters got it, from its top left.
    """
    found: Counter[tuple[int, int]] = Counter()
    for x, y, width, height in regions:
        rows, columns = _cells(y, height, height_px), _cells(x, width, width_px)
        found.update((row, column) for row in rows for column in columns)
    return found


def _cells(start: float, length: float, whole: int) -> range:
    first = int(start / whole * GRID)
    last = int(min(start + length, whole - 1) / whole * GRID)
    return range(max(0, first), min(GRID - 1, last) + 1)
