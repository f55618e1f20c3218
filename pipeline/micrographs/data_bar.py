"""Finding the data bar that microscopes burn into the bottom of their images.

A bar is a band over the whole width whose ground is one flat grey level (black, white or between)
with text on it. Where it begins, the share of a row that has this level jumps within a few rows
from low to most of the width: the outline of a particle is curved or ragged and does not do that,
and a flat background does not jump. Text written straight onto the micrograph is no bar.
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
# (least share of ground in the bar's first row, highest share of its level in the rows above):
# a margin above the text makes up for a background that is partly as dark; text in the first row
# needs a micrograph that is quite another grey.
EDGES = ((0.88, 0.5), (0.62, 0.25))
LEAST_GROUND = 0.25  # what even a row full of text keeps
STEP_PX = 5  # rows over which resampling smears the upper edge
ABOVE_PX = 16  # rows of micrograph above it that must look otherwise
INK_CONTRAST, LEAST_INK, MOST_INK = 50, 0.003, 0.3  # grey levels; shares of the band
LEAST_STROKES = 24  # edges of ink along the row that has most: letters, not a few particles
BLANK = 0.99  # share of black or white that makes a band without text a margin of the picture


def find_data_bar(pixels: NDArray[np.float32]) -> int | None:
    """Return the first row of the data bar, or None.

    Parameters
    ----------
    pixels : ndarray of shape (H, W), float
        Grey values in [0, 1].

    Returns
    -------
    int or None
        The micrograph is ``pixels[:row]``. A line that borders the bar belongs to the bar; so does
        a blank black or white margin.
    """
    height_px = pixels.shape[0]
    first = height_px - int(TALLEST * height_px)
    grey = np.clip(np.rint(pixels[first:] * (LEVELS - 1)), 0, LEVELS - 1).astype(np.int16)
    share = _level_shares(grey)
    for row in range(STEP_PX, share.shape[0] - LOWEST_PX):
        level = int(share[row].argmax())
        if not _has_edge(share[:, level], row):
            continue
        end = _end_of_ground(share[:, level], row)
        tall_enough = end - row >= max(LOWEST_PX, LOWEST * height_px)
        reaches_bottom = share.shape[0] - end <= max(STEP_PX, BELOW * height_px)
        if tall_enough and reaches_bottom and _is_written(grey[row:end], share[row:end], level):
            return first + _without_border(share, row)
    return None


def _level_shares(grey: NDArray[np.int16]) -> NDArray[np.float64]:
    """Return for each row and level the share of its pixels within the tolerance of the level."""
    count, width_px = grey.shape
    places = grey.astype(np.intp) + LEVELS * np.arange(count)[:, None]
    histogram = np.bincount(places.ravel(), minlength=count * LEVELS).reshape(count, LEVELS)
    padded = np.pad(np.cumsum(histogram, axis=1), ((0, 0), (TOLERANCE + 1, TOLERANCE)), "edge")
    padded[:, : TOLERANCE + 1] = 0
    within: NDArray[np.intp] = padded[:, 2 * TOLERANCE + 1 :] - padded[:, : -2 * TOLERANCE - 1]
    return within / width_px


def _has_edge(share: NDArray[np.float64], row: int) -> bool:
    """Whether the share of one level, by row, jumps to a bar's at `row` and was low before."""
    above = share[max(0, row - STEP_PX - ABOVE_PX) : row - STEP_PX + 1]
    just_above = share[row - STEP_PX : row].min()
    # Over all rows too: below a box of text the micrograph itself seems to begin anew.
    usual = max(float(np.median(above)), float(np.median(share[: row - STEP_PX + 1])))
    return any(
        share[row] >= ground and just_above <= most and usual <= most for ground, most in EDGES
    )


def _end_of_ground(share: NDArray[np.float64], row: int) -> int:
    """Return the row after the last one, going down from `row`, that has the bar's ground."""
    ground = share[row:] >= LEAST_GROUND
    return row + (len(ground) if ground.all() else int(ground.argmin()))


def _is_written(band: NDArray[np.int16], share: NDArray[np.float64], level: int) -> bool:
    """Whether a band of rows holds letters, or is a blank margin of black or white."""
    pure = level <= TOLERANCE or level >= LEVELS - 1 - TOLERANCE
    if pure and np.quantile(share[:, level], 0.1) >= BLANK:
        return True
    ink = np.abs(band - level) > INK_CONTRAST
    strokes = np.count_nonzero(ink[:, 1:] != ink[:, :-1], axis=1).max()
    return bool(LEAST_INK <= ink.mean() <= MOST_INK and strokes >= LEAST_STROKES)


def _without_border(share: NDArray[np.float64], row: int) -> int:
    """Move up over a line that borders the bar and over rows into which its edge is smeared."""
    above = share[max(0, row - STEP_PX - ABOVE_PX) : row - STEP_PX + 1]
    micrograph = int(np.median(above.argmax(axis=1)))
    ground = EDGES[0][0]
    top = row
    while (
        top > max(0, row - STEP_PX)
        and share[top - 1].max() >= ground
        and abs(int(share[top - 1].argmax()) - micrograph) > 2 * TOLERANCE
    ):
        top -= 1
    return top
