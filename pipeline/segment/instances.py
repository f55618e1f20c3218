"""From the network's three maps to one label per particle: a seeded watershed.

Beucher & Meyer 1993; the seeds come from the learnt distance instead of the shape of the mask, so
that particles which overlap without a neck still fall apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from skimage.segmentation import watershed

if TYPE_CHECKING:
    from numpy.typing import NDArray

SEED_LEVEL = 0.5
_SMOOTH_PX = 1.0


def find_instances(
    foreground: NDArray[np.float32],
    contact: NDArray[np.float32],
    distance: NDArray[np.float32],
    *,
    threshold: float,
    seed_distance_px: float,
    min_area_px: int,
    seed_level: float = SEED_LEVEL,
) -> NDArray[np.int32]:
    """Label each particle.

    Parameters
    ----------
    foreground, contact : ndarray of shape (H, W), float32
        Probabilities.
    distance : ndarray of shape (H, W), float32
        Distance to the particle's border, 1 in its middle.
    threshold : float
        Probability from which a pixel is particle.
    seed_distance_px : float
        Seeds whose middles are nearer than this are one.
    min_area_px : int
        Smaller particles are dropped.
    seed_level : float
        Height of `distance`, lowered at contacts, from which pixels form a seed.

    Returns
    -------
    ndarray of shape (H, W), int32
        1 to n without gaps, 0 elsewhere.
    """
    mask = foreground > threshold
    height = cv2.GaussianBlur(distance * (1 - contact), (0, 0), _SMOOTH_PX).astype(np.float32)
    seeds = _seeds(height, mask, level=seed_level, distance_px=seed_distance_px)
    # 255 steps are enough to flood by, and a byte a pixel is what a large image has room for.
    depth = np.rint((1 - height.clip(0, 1)) * 255).astype(np.uint8)
    labels: NDArray[np.int32] = watershed(depth, seeds, mask=mask)  # type: ignore[no-untyped-call]
    return drop_small(labels, min_area_px=min_area_px)


def _seeds(
    height: NDArray[np.float32], mask: NDArray[np.bool_], *, level: float, distance_px: float
) -> NDArray[np.int32]:
    """Label the connected parts of the particles' inner regions; where there is none, the part.

    Two of them in the same part of the mask whose middles are nearer than `distance_px` are one.
    """
    _, parts = _components(mask)
    centres, seeds = _components((height > level) & mask)
    inner = seeds > 0
    part_of = np.zeros(len(centres), np.int32)
    part_of[seeds[inner]] = parts[inner]
    near = cKDTree(centres).query_pairs(distance_px, output_type="ndarray")
    near = near[part_of[near[:, 0]] == part_of[near[:, 1]]]
    links = coo_array((np.ones(len(near)), near.T), shape=(len(centres), len(centres)))
    count, merged = connected_components(links, directed=False)
    seeds = merged.astype(np.int32)[seeds]  # the ground is alone and comes first, so it stays 0
    unseeded = np.ones(int(parts.max()) + 1, np.bool_)
    unseeded[part_of] = False
    rest = unseeded[parts]
    seeds[rest] = parts[rest] + count
    return seeds


def _components(mask: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Return the middles (N, 2) and the labels (H, W) of the 4-connected parts; 0 is the ground."""
    _, labels, _, centres = cv2.connectedComponentsWithStats(
        mask.astype(np.uint8), connectivity=4, ltype=cv2.CV_32S
    )
    # The ground's middle lies anywhere; far away it is nobody's neighbour.
    centres[0] = -1e9
    return centres, labels  # type: ignore[return-value]


def drop_small(labels: NDArray[np.int32], *, min_area_px: int) -> NDArray[np.int32]:
    """Drop particles under `min_area_px` pixels and number the others 1 to n, in order."""
    areas = np.bincount(labels.ravel())
    keep = areas >= min_area_px
    keep[0] = False
    number = np.zeros(len(areas), np.int32)
    number[keep] = np.arange(1, keep.sum() + 1, dtype=np.int32)
    numbered: NDArray[np.int32] = number[labels]
    return numbered
