"""Feret diameters and perimeter of a mask of any outline, measured on its pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# The true outline runs between the centres of the last pixel inside and the first one outside. The
# hull of the points half-way between them is right for sides along the pixel grid, up to 0.9 px too
# wide for other straight sides (it takes the outermost of many points) and too narrow at corners.
# With 0.2 px less, discs, ellipses and squares of 20 to 100 px at any place and angle have a
# minimum Feret diameter within 1.2 px and a maximum one within 0.9 px, or 2.4 px at right
# angles; tips of 45 degrees lose up to 2 px each.
HULL_EXCESS_PX = 0.2
_SIGMA_PX = 1.0
_MARGIN_PX = 4
_HALF_WAY = np.array([[0.5, 0], [-0.5, 0], [0, 0.5], [0, -0.5]], np.float32)


def feret_diameters(mask: NDArray[np.bool_]) -> tuple[float, float]:
    """Return the minimum and maximum Feret diameter of a mask, in px.

    Parameters
    ----------
    mask : ndarray of shape (h, w), bool
        Must hold at least one pixel.
    """
    edge = mask.astype(np.uint8)
    # Only the first and last pixel of each row and column can lie on the hull.
    rows = np.flatnonzero(edge.any(axis=1))
    first = edge[rows].argmax(axis=1)
    last = edge.shape[1] - 1 - edge[rows, ::-1].argmax(axis=1)
    ends = np.concatenate([np.stack([first, rows], 1), np.stack([last, rows], 1)])  # (x, y)
    points = (ends[:, None, :] + _HALF_WAY).reshape(-1, 2)  # (n, 4, 2) -> (4 n, 2)
    hull = cv2.convexHull(points.astype(np.float32))[:, 0].astype(float)
    sides = np.roll(hull, -1, axis=0) - hull
    normals = np.stack([-sides[:, 1], sides[:, 0]], 1) / np.hypot(*sides.T)[:, None]
    # A polygon is narrowest across one of its sides (Toussaint 1983, rotating calipers).
    heights = normals @ hull.T
    narrowest = float(np.ptp(heights, axis=1).min())
    between = hull[:, None] - hull[None]
    widest = float(np.sqrt((between**2).sum(axis=2).max()))
    return narrowest - HULL_EXCESS_PX, widest - HULL_EXCESS_PX


def perimeter(mask: NDArray[np.bool_]) -> float:
    """Return the length of a mask's outline, holes included, in px.

    The total variation of the mask smoothed with sigma 1 px: by the coarea formula (Federer 1959)
    the mean length of its level lines. Discs and ellipses from 20 px: within 1 %; it cuts
    corners, 0.8 px each.

    Parameters
    ----------
    mask : ndarray of shape (h, w), bool
    """
    padded = np.pad(mask, _MARGIN_PX).astype(np.float32)
    smooth = cv2.GaussianBlur(padded, (0, 0), _SIGMA_PX)
    down = (smooth[2:, 1:-1] - smooth[:-2, 1:-1]) / 2
    right = (smooth[1:-1, 2:] - smooth[1:-1, :-2]) / 2
    return float(np.sqrt(down * down + right * right).sum(dtype=np.float64))
