"""Outlines of particles along the edges of their pixels: what other programs take for a mask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scipy import ndimage

from pipeline import coco

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Polygon = list[list[int]]


def outlines_of(labels: NDArray[np.int32]) -> dict[int, list[Polygon]]:
    """Return the outer outlines of each particle; holes are not told.

    Parameters
    ----------
    labels : ndarray of shape (H, W), int32
        Instance labels, 0 on the ground.

    Returns
    -------
    dict of int to list of polygons
        Corners are [x, y] in px from the image's upper left corner, so that the pixel in row r and
        column c fills [c, c + 1] x [r, r + 1]: the convention of COCO and of ImageJ. A particle in
        several pieces has several polygons.
    """
    found = {}
    for label, box in enumerate(ndimage.find_objects(labels), start=1):
        if box is not None:
            mask = labels[box] == label
            found[label] = _polygons(mask, top=box[0].start, left=box[1].start)
    return found


def _polygons(mask: NDArray[np.bool_], *, top: int, left: int) -> list[Polygon]:
    rings, _ = coco.rings_of(mask)
    return [[[x + left, y + top] for x, y in ring] for ring in rings]
