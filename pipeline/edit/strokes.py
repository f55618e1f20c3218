"""Which pixels a brush stroke or a polygon covers, to the bit what the browser previews.

Points are rounded to 1/8 px and computed with in whole eighths; the few roots and quotients that
remain are rounded alike by any IEEE 754 machine. `static/js/review/strokes.js` does the same.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pipeline.contracts import Point

if TYPE_CHECKING:
    from numpy.typing import NDArray

EIGHTHS = 8


def covered(
    shape: tuple[int, int], points: Sequence[Point], *, radius_px: float, polygon: bool
) -> NDArray[np.bool_]:
    """Return the pixels whose centre a stroke covers.

    Parameters
    ----------
    shape : (int, int)
        Height and width of the image.
    points : sequence of (row, column)
        The stroke's points, or the polygon's corners.
    radius_px : float
        Half the width of the brush; 0 still covers the pixel under a point.
    polygon : bool
        Fill the closed polygon by the even-odd rule instead.

    Returns
    -------
    ndarray of shape (H, W), bool
    """
    at = [(_eighths(row), _eighths(column)) for row, column in points]
    if polygon:
        return _filled(shape, at)
    # Half a pixel and a little: whatever is clicked covers at least one pixel.
    radius = max(_eighths(radius_px), 5)
    mask = np.zeros(shape, bool)
    for first, last in zip(at, at[1:] or at, strict=False):
        _add_capsule(mask, first, last, radius)
    return mask


def _eighths(length_px: float) -> int:
    return math.floor(length_px * EIGHTHS + 0.5)


def _add_capsule(
    mask: NDArray[np.bool_], first: tuple[int, int], last: tuple[int, int], radius: int
) -> None:
    """Add the pixels no farther than `radius` from the segment between two points, all in 1/8."""
    spans = []
    for axis in (0, 1):
        low = min(first[axis], last[axis]) - radius
        high = max(first[axis], last[axis]) + radius
        start = max(0, -(-low // EIGHTHS))
        spans.append((start, max(start, min(mask.shape[axis], high // EIGHTHS + 1))))
    rows, columns = (np.arange(*span, dtype=np.int64) * EIGHTHS for span in spans)
    row, column = rows[:, None] - first[0], columns[None, :] - first[1]
    along_row, along_column = last[0] - first[0], last[1] - first[1]
    squared = along_row**2 + along_column**2
    along = row * along_row + column * along_column
    across = np.abs(row * along_column - column * along_row)
    near = row**2 + column**2 <= radius**2
    near |= (row - along_row) ** 2 + (column - along_column) ** 2 <= radius**2
    near |= (along > 0) & (along < squared) & (across <= radius * math.sqrt(squared))
    mask[slice(*spans[0]), slice(*spans[1])] |= near


def _filled(shape: tuple[int, int], at: list[tuple[int, int]]) -> NDArray[np.bool_]:
    mask = np.zeros(shape, bool)
    columns = np.arange(shape[1], dtype=np.int64) * EIGHTHS
    rows = [row for row, _ in at]
    top, bottom = max(0, -(-min(rows) // EIGHTHS)), min(shape[0], max(rows) // EIGHTHS + 1)
    for row in range(top, bottom):
        y = row * EIGHTHS
        for (r1, c1), (r2, c2) in zip(at, [*at[1:], at[0]], strict=True):
            if (r1 <= y) != (r2 <= y):
                crossing = c1 + (c2 - c1) * (y - r1) / (r2 - r1)
                mask[row] ^= columns < crossing
    return mask
