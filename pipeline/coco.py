"""COCO instances: outlines and run lengths to label images, and back, exactly.

An outline follows the edges between pixels: (x, y) with (0, 0) the outer corner of the first pixel,
and a pixel belongs to it when its centre lies inside (even-odd over all rings). So a mask that is
written as outlines and read again is the same mask. Run lengths go down the columns and begin with
the ground (https://github.com/cocodataset/cocoapi, common/maskApi.c).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_POINTS = 1_000_000  # of one object's outline
Ring = list[list[int]]


class BadOutline(ValueError):
    """An object's segmentation makes no sense; the message says why."""


def mask_of(segmentation: Any, *, height_px: int, width_px: int) -> NDArray[np.bool_]:
    """Return the mask of a COCO segmentation, shape (H, W).

    Parameters
    ----------
    segmentation : list of list of float, or dict
        Polygons ``[x1, y1, x2, y2, ...]``, or run lengths ``{"size": [H, W], "counts": ...}``.
    height_px, width_px : int
        Size of the image.

    Raises
    ------
    BadOutline
        It is none of these, or does not fit the image.
    """
    if isinstance(segmentation, dict):
        return _from_runs(segmentation, height_px, width_px)
    if isinstance(segmentation, list) and segmentation:
        mask = np.zeros((height_px, width_px), bool)
        for ring in segmentation:
            mask |= _from_ring(ring, height_px, width_px)
        return mask
    raise BadOutline("has no outline")


def _from_ring(ring: Any, height_px: int, width_px: int) -> NDArray[np.bool_]:
    from skimage import draw

    if not isinstance(ring, list) or not 6 <= len(ring) <= 2 * MOST_POINTS or len(ring) % 2:
        raise BadOutline("has an outline of fewer than three points")
    try:
        points = np.array(ring, np.float64).reshape(-1, 2)
    except (TypeError, ValueError):
        raise BadOutline("has an outline that is not numbers") from None
    most = 2 * max(height_px, width_px)
    if not np.isfinite(points).all() or np.abs(points).max() > most:
        raise BadOutline("has an outline far outside its image")
    mask = np.zeros((height_px, width_px), bool)
    fill: Any = draw.polygon  # it has no types
    rows, columns = fill(points[:, 1] - 0.5, points[:, 0] - 0.5, mask.shape)
    mask[rows, columns] = True
    return mask


def _from_runs(runs: dict[str, Any], height_px: int, width_px: int) -> NDArray[np.bool_]:
    if runs.get("size") != [height_px, width_px]:
        raise BadOutline(f"has run lengths for {runs.get('size')} instead of the image's size")
    counts = runs.get("counts")
    if isinstance(counts, str):
        counts = _unpacked(counts, most=height_px * width_px + 1)
    if not isinstance(counts, list) or not all(type(n) is int and n >= 0 for n in counts):
        raise BadOutline("has run lengths that are not whole numbers")
    if sum(counts) != height_px * width_px:
        raise BadOutline("has run lengths that do not fill the image")
    inside = np.arange(len(counts)) % 2 == 1
    flat = np.repeat(inside, counts)
    return flat.reshape(width_px, height_px).T  # (W, H), down the columns -> (H, W)


def _unpacked(text: str, *, most: int) -> list[int]:
    """Return the run lengths of COCO's packed text (maskApi.c, rleFrString)."""
    counts: list[int] = []
    at = 0
    while at < len(text):
        value, shift, more = 0, 0, True
        while more:
            if at >= len(text) or shift > 60:
                raise BadOutline("has run lengths that are cut off")
            bits = ord(text[at]) - 48
            if not 0 <= bits < 64:
                raise BadOutline("has run lengths in no known form")
            value |= (bits & 0x1F) << shift
            more = bool(bits & 0x20)
            at, shift = at + 1, shift + 5
            if not more and bits & 0x10:
                value |= -1 << shift
        if len(counts) > 2:
            value += counts[-2]
        if len(counts) > most:
            raise BadOutline("has more run lengths than pixels")
        counts.append(value)
    return counts


def runs_of(mask: NDArray[np.bool_]) -> dict[str, Any]:
    """Return the run lengths of a mask of shape (H, W)."""
    flat = mask.T.ravel()
    changes = np.flatnonzero(np.diff(flat, prepend=False))
    counts = np.diff(changes, prepend=0, append=flat.size)
    return {"size": list(mask.shape), "counts": [int(n) for n in counts]}


def rings_of(mask: NDArray[np.bool_]) -> tuple[list[Ring], bool]:
    """Return the rings round a mask's pieces along the edges of its pixels.

    Parameters
    ----------
    mask : ndarray of shape (h, w), bool

    Returns
    -------
    rings : list of list of [int, int]
        Corners [x, y] of each outer ring; the pixel in row r and column c fills [c, c + 1] x
        [r, r + 1]. Pixels that touch at a corner share a ring.
    has_holes : bool
        There are rings round holes, which are left out: polygons cannot tell of them.
    """
    import cv2

    # OpenCV runs through pixel centres. With each pixel doubled, the first of its two centres
    # stands for its first edge and the second for its second one.
    doubled = mask.astype(np.uint8).repeat(2, axis=0).repeat(2, axis=1)
    contours, tree = cv2.findContours(doubled, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    if tree is None:
        return [], False
    outer = tree[0][:, 3] < 0  # no parent
    rings = [_corners(c[:, 0]) for c, is_outer in zip(contours, outer, strict=True) if is_outer]
    return rings, not outer.all()


def _corners(contour: NDArray[Any]) -> Ring:
    edges = (contour.astype(np.int64) + 1) // 2
    edges = edges[(edges != np.roll(edges, 1, axis=0)).any(axis=1)]
    before, after = edges - np.roll(edges, 1, axis=0), np.roll(edges, -1, axis=0) - edges
    turns = before[:, 0] * after[:, 1] != before[:, 1] * after[:, 0]
    corners: Ring = edges[turns].tolist()
    return corners
