"""What remains of a data bar or a scale bar in the pictures that raters will see.

`pipeline.micrographs.data_bar` finds and cuts bars of the usual kind. What is left is searched here
more suspiciously, and what is found is only a doubt: a person looks, and signs or leaves it out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

PURE = 14  # grey levels from black or white, with what JPEG adds
LEAST_WIDTH, MOST_WIDTH, LEAST_PX = 0.03, 0.7, 12  # of a scale bar; of the width
LEAST_ROWS, MOST_ROWS = 2, 0.05  # of a scale bar; of the height
BESIDE, EDGE_GREY = 0.15, 40  # of its width that may be no step right above and below; grey levels
FLAT, USUAL = 0.7, 0.4  # share of one level in a band, and at most elsewhere
BAND, TOLERANCE = 0.015, 8  # of the height; grey levels
# A letter: small, pure, near the border, and cut out sharply all around.
BORDER, LETTER, LETTER_PX = 0.16, 0.13, 10  # of the sides; of the height; least height in px
SHARP_GREY, SHARP = 80, 0.97  # a step within two pixels; share of the outline that has it


def bar_doubt(cut: NDArray[np.uint8]) -> str:
    """Say in words what looks like a bar in an (H, W) uint8 image; empty where nothing does."""
    for mask, colour in ((cut >= 255 - PURE, "white"), (cut <= PURE, "black")):
        row = _straight_bar(cut, mask)
        if row is not None:
            return f"a straight {colour} line at row {row}, like a scale bar"
        row = _letter(cut, mask)
        if row is not None:
            return f"something like {colour} writing at row {row}"
    for band, where in ((_bottom(cut), "bottom"), (_bottom(cut[::-1]), "top")):
        if _level_share(band) >= FLAT and _usual_share(cut) <= USUAL:
            return f"a flat band at the {where}, like a data bar"
    return ""


def _straight_bar(cut: NDArray[np.uint8], mask: NDArray[np.bool_]) -> int | None:
    """Return the first row of a filled rectangle, low and wide, with nothing above and below."""
    height_px, width_px = mask.shape
    least = max(LEAST_PX, LEAST_WIDTH * width_px)
    starts, lengths = _longest_runs(mask)
    most_rows = max(LEAST_ROWS, int(MOST_ROWS * height_px))
    row = 0
    while row < height_px:
        start, length = int(starts[row]), int(lengths[row])
        if not least <= length <= MOST_WIDTH * width_px:
            row += 1
            continue
        end = row + 1
        while (
            end < height_px
            and abs(int(starts[end]) - start) <= 1
            and abs(int(starts[end] + lengths[end]) - start - length) <= 1
        ):
            end += 1
        inside = slice(start, start + length)
        if LEAST_ROWS <= end - row <= most_rows and _is_cut_out(cut, row, end, inside):
            return row
        row = end
    return None


def _is_cut_out(cut: NDArray[np.uint8], row: int, end: int, inside: slice) -> bool:
    """Whether the rows within two pixels above and below are quite another grey."""
    own = float(np.median(cut[row:end, inside]))
    return all(
        np.mean(np.abs(cut[beside, inside] - own) > EDGE_GREY) >= 1 - BESIDE
        for beside in (row - 3, end + 2)
        if 0 <= beside < cut.shape[0]
    )


def _longest_runs(mask: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return where the longest run of each row starts, and its length."""
    height_px, width_px = mask.shape
    columns = np.arange(1, width_px + 1)
    # Up to each pixel, the last one that is not set: the distance is the length of the run there.
    last = np.maximum.accumulate(np.where(mask, 0, columns), axis=1)
    length = columns - last
    ends = length.argmax(axis=1)
    longest = length[np.arange(height_px), ends]
    return ends + 1 - longest, longest


def _letter(cut: NDArray[np.uint8], mask: NDArray[np.bool_]) -> int | None:
    """Return the first row of a glyph near the border."""
    height_px, width_px = cut.shape
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    margin_row, margin_column = BORDER * height_px, BORDER * width_px
    for label in range(1, count):
        left, top, wide, high, area = map(int, boxes[label])
        if not LETTER_PX <= high <= LETTER * height_px or wide > 2 * high:
            continue
        near = (
            top + high <= margin_row
            or top >= height_px - margin_row
            or left + wide <= margin_column
            or left >= width_px - margin_column
        )
        inside = top > 0 and left > 0 and top + high < height_px and left + wide < width_px
        if not near or not inside or not 0.15 <= area / (wide * high) <= 0.75:
            continue
        around = slice(max(0, top - 3), top + high + 3), slice(max(0, left - 3), left + wide + 3)
        glyph = (labels[around] == label).astype(np.uint8)
        kernel = np.ones((5, 5), np.uint8)
        outline = (cv2.dilate(glyph, kernel) - cv2.dilate(glyph, np.ones((3, 3), np.uint8))) > 0
        own = float(np.median(cut[around][glyph > 0]))
        if np.mean(np.abs(cut[around][outline].astype(np.float64) - own) > SHARP_GREY) >= SHARP:
            return top
    return None


def _bottom(cut: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return cut[-max(3, int(BAND * cut.shape[0])) :]


def _level_share(band: NDArray[np.uint8]) -> float:
    """Return the share of the pixels that are within the tolerance of the commonest level."""
    histogram = np.bincount(band.ravel(), minlength=256)
    sums = np.convolve(histogram, np.ones(2 * TOLERANCE + 1, np.intp), "same")
    return float(sums.max() / band.size)


def _usual_share(cut: NDArray[np.uint8]) -> float:
    height_px = max(3, int(BAND * cut.shape[0]))
    rows = range(0, cut.shape[0] - height_px, height_px)
    return float(np.median([_level_share(cut[row : row + height_px]) for row in rows] or [0.0]))
