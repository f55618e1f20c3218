"""Finding the data bar that microscopes burn into the bottom of their images.

A bar is a band over the whole width whose ground is one flat grey level (black, white or between)
with text on it. Where it begins, the share of a row that has this level jumps within a few rows
from low to nearly all: the outline of a particle or a shadow is curved or ragged and never does
that over the whole width, and a flat background does not jump.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEVELS = 256
TALLEST = 0.35  # of the image's height
LOWEST_PX, LOWEST = 8, 0.015  # a bar of one line of text; of the image's height
BELOW = 0.02  # Zeiss leaves two rows of micrograph below the bar
TOLERANCE = 8  # grey levels: JPEG and resampling leave a flat ground this rough
GROUND = 0.9  # share of ground in the bar's first row, which is a margin above the text
ABOVE = 0.5  # highest share of that level in the micrograph just above
INK = 0.3  # share of ground that even a row full of text keeps
STEP_PX = 3  # rows over which resampling smears the upper edge


def find_data_bar(pixels: NDArray[np.float32]) -> int | None:
    """Return the first row of the data bar, or None.

    Parameters
    ----------
    pixels : ndarray of shape (H, W), float
        Grey values in [0, 1].

    Returns
    -------
    int or None
        The micrograph is ``pixels[:row]``. A line that borders the bar belongs to the bar.
    """
    height_px = pixels.shape[0]
    first = height_px - int(TALLEST * height_px)
    share = _level_shares(pixels[first:])
    for row in range(STEP_PX, share.shape[0] - LOWEST_PX):
        level = int(share[row].argmax())
        if share[row, level] >= GROUND and _begins_bar(share[:, level], row, height_px):
            return first + _without_border(share, row)
    return None


def _level_shares(rows: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return for each row and level the share of its pixels within the tolerance of the level."""
    count, width_px = rows.shape
    grey = np.clip(np.rint(rows * (LEVELS - 1)), 0, LEVELS - 1).astype(np.intp)
    places = grey + LEVELS * np.arange(count)[:, None]
    histogram = np.bincount(places.ravel(), minlength=count * LEVELS).reshape(count, LEVELS)
    padded = np.pad(np.cumsum(histogram, axis=1), ((0, 0), (TOLERANCE + 1, TOLERANCE)), "edge")
    padded[:, : TOLERANCE + 1] = 0
    within: NDArray[np.intp] = padded[:, 2 * TOLERANCE + 1 :] - padded[:, : -2 * TOLERANCE - 1]
    return within / width_px


def _begins_bar(share: NDArray[np.float64], row: int, height_px: int) -> bool:
    """Whether the share of one level, by row, has a bar's upper edge at `row`."""
    if share[row - STEP_PX : row].min() > ABOVE:
        return False
    ground = share[row:] >= INK
    end = len(ground) if ground.all() else int(ground.argmin())
    tall_enough = end >= max(LOWEST_PX, LOWEST * height_px)
    return tall_enough and len(ground) - end <= max(STEP_PX, BELOW * height_px)


def _without_border(share: NDArray[np.float64], row: int) -> int:
    """Return the first row of the line that borders the bar at `row`, or `row` without a line."""
    level = int(share[row].argmax())
    for bottom in range(row - 1, max(row - 1 - STEP_PX, 0), -1):
        line = int(share[bottom].argmax())
        if share[bottom, line] < GROUND or abs(line - level) <= 2 * TOLERANCE:
            continue
        # A smooth background is as flat as a line, but it does not end after three rows.
        for top in range(bottom, max(bottom - STEP_PX, 0), -1):
            if share[top - 1, line] <= ABOVE:
                return top
    return row
