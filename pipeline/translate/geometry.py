"""What the electrons see of a height map: tilt, visible sky, free edges.

Rows grow downwards and columns to the right; azimuth 0 points right and 90 degrees up, as on a
compass card turned to mathematics. All arrays have shape (H, W) and dtype float32.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from pipeline.translate.fields import Field, smoothed
from pipeline.translate.sky import visible_sky

if TYPE_CHECKING:
    from numpy.typing import NDArray

_EDGE_STEP_NM = 5.0  # a fall by less at a particle's border is a contact, not a free edge
_SOFT_PX = 0.7  # over which the end of a free edge is smoothed


@dataclass(frozen=True, slots=True, kw_only=True)
class Geometry:
    """The parts of a scene that all of its images share.

    Attributes
    ----------
    height_nm : ndarray of shape (H, W), float32
        Height above the holder.
    labels : ndarray of shape (H, W), int32
        Instance labels, 0 on the holder.
    slope_right, slope_up : ndarray of shape (H, W), float32
        Rise of the surface over its run, never taken across a particle's border.
    sky : ndarray of shape (H, W), float32
        Part of the sky that neighbours leave visible, in [0, 1].
    sky_right, sky_up : ndarray of shape (H, W), float32
        First harmonic of the visible sky over azimuth: how much more of it is to the right, up.
    edge_px : ndarray of shape (H, W), float32
        Distance to the border of the particle that the pixel belongs to; 0 on the holder.
    free_edge : ndarray of shape (H, W), float32
        1 where the nearest border of the own particle stands above what lies beside it, else 0.
    nm_per_px : float
        Pixel size.
    """

    height_nm: Field
    labels: NDArray[np.int32]
    slope_right: Field
    slope_up: Field
    sky: Field
    sky_right: Field
    sky_up: Field
    edge_px: Field
    free_edge: Field
    nm_per_px: float

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, columns = self.labels.shape
        return rows, columns

    @property
    def on_particle(self) -> NDArray[np.bool_]:
        """Where particles are, shape (H, W)."""
        return self.labels > 0


def geometry_of(
    height_nm: Field, labels: NDArray[np.uint16] | NDArray[np.int32], nm_per_px: float
) -> Geometry:
    """Look at a scene once for all of its images.

    Parameters
    ----------
    height_nm : ndarray of shape (H, W), float32
        Height above the holder.
    labels : ndarray of shape (H, W), integer
        Instance labels, 0 on the holder.
    nm_per_px : float
        Pixel size.
    """
    label = labels.astype(np.int32)
    height = np.ascontiguousarray(height_nm, np.float32)
    right, up = slopes(height, label, nm_per_px)
    sky, sky_right, sky_up = visible_sky(height, right, up, nm_per_px)
    edge_px, free_edge = _edges(height, label)
    return Geometry(
        height_nm=height,
        labels=label,
        slope_right=right,
        slope_up=up,
        sky=sky,
        sky_right=sky_right,
        sky_up=sky_up,
        edge_px=edge_px,
        free_edge=free_edge,
        nm_per_px=nm_per_px,
    )


def slopes(height_nm: Field, labels: NDArray[np.int32], nm_per_px: float) -> tuple[Field, Field]:
    """Return the rise over run to the right and up, within each particle.

    A difference across a border would turn the cliff between two particles into a tilt; there the
    difference to the other side is taken, and a pixel alone in its row is flat.
    """
    right = _slope_along(height_nm, labels, axis=1) / np.float32(nm_per_px)
    up = -_slope_along(height_nm, labels, axis=0) / np.float32(nm_per_px)
    return right, up


def _slope_along(height: Field, labels: NDArray[np.int32], *, axis: int) -> Field:
    step = np.diff(height, axis=axis)
    same = (np.diff(labels, axis=axis) == 0).astype(np.float32)
    step *= same
    ahead = [(0, 0), (0, 0)]
    behind = [(0, 0), (0, 0)]
    ahead[axis], behind[axis] = (0, 1), (1, 0)
    total = np.pad(step, ahead) + np.pad(step, behind)
    count = np.pad(same, ahead) + np.pad(same, behind)
    slope: Field = total / np.maximum(count, 1)
    return slope


def _edges(height: Field, labels: NDArray[np.int32]) -> tuple[Field, Field]:
    """Return the distance to the own particle's border, and how free that border stands."""
    border = np.zeros(labels.shape, bool)
    free = np.zeros(labels.shape, bool)
    for axis in (0, 1):
        differs = np.diff(labels, axis=axis) != 0
        fall = np.diff(height, axis=axis)
        first = (slice(None, -1), slice(None)) if axis == 0 else (slice(None), slice(None, -1))
        second = (slice(1, None), slice(None)) if axis == 0 else (slice(None), slice(1, None))
        border[first] |= differs
        border[second] |= differs
        free[first] |= differs & (fall < -_EDGE_STEP_NM)
        free[second] |= differs & (fall > _EDGE_STEP_NM)
    if not border.any():  # an empty scene, or one particle that fills it
        far = np.full(labels.shape, max(labels.shape), np.float32)
        return np.where(labels > 0, far, np.float32(0)), np.zeros(labels.shape, np.float32)
    distance, nearest = cv2.distanceTransformWithLabels(
        (~border).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    # A border pixel's centre is half a pixel inside the particle.
    edge_px = np.where(labels > 0, distance + np.float32(0.5), np.float32(0))
    # The nearest border pixel belongs to the same particle: whether it is free tells of this one.
    freedom = np.zeros(int(nearest.max()) + 1, np.float32)
    freedom[nearest[border]] = free[border]
    return edge_px, smoothed(freedom[nearest], _SOFT_PX)
