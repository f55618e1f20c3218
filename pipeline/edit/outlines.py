"""Outlines of particles along the edges of their pixels: what other programs take for a mask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from scipy import ndimage

if TYPE_CHECKING:
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
    # OpenCV runs through pixel centres. With each pixel doubled, the first of its two centres
    # stands for its first edge and the second for its second one.
    doubled = mask.astype(np.uint8).repeat(2, axis=0).repeat(2, axis=1)
    contours, _ = cv2.findContours(doubled, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return [_corners(contour[:, 0], top=top, left=left) for contour in contours]


def _corners(contour: NDArray[Any], *, top: int, left: int) -> Polygon:
    edges = (contour.astype(np.int64) + 1) // 2
    edges = edges[(edges != np.roll(edges, 1, axis=0)).any(axis=1)]
    before, after = edges - np.roll(edges, 1, axis=0), np.roll(edges, -1, axis=0) - edges
    turns = before[:, 0] * after[:, 1] != before[:, 1] * after[:, 0]
    corners: Polygon = (edges[turns] + [left, top]).tolist()
    return corners
