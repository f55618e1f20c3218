"""Where particles are let go: points in the plane of the holder, in units of the mean diameter."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pipeline.contracts import Arrangement

Points = NDArray[np.float64]

CLUSTER_SIZE = (3, 40)
PILE_SIZE = (20, 60)
PILE_SPREAD = (1.6, 2.8)  # standard deviation of a column, mean bounding radii
_CLUSTER_STEP = (0.55, 0.95)  # to the grain that joins, over the sum of bounding radii
_TIP_GROWTH = 0.55  # chance that a grain joins the last one: chains; otherwise any one: lumps
_SINGLE_GAP = 1.5  # least distance of single particles over the sum of their bounding radii
_TRIES = 60


def scattered(rng: np.random.Generator, reach: Points, area: Points) -> Points:
    """Drop anywhere on the holder with equal chance."""
    return rng.uniform(-0.5, 0.5, (len(reach), 2)) * area


def singles(rng: np.random.Generator, reach: Points, area: Points) -> Points:
    """Keep clear of each other where there is room (random sequential placing)."""
    placed = np.empty((len(reach), 2))
    for index, radius in enumerate(reach):
        offers = rng.uniform(-0.5, 0.5, (_TRIES, 2)) * area
        if index == 0:
            placed[index] = offers[0]
            continue
        between = np.linalg.norm(offers[:, None] - placed[None, :index], axis=2)
        clearance = (between / (radius + reach[:index])).min(axis=1)
        fits = np.flatnonzero(clearance >= _SINGLE_GAP)
        # A full holder has no free place left; the best of the offers is next to it.
        placed[index] = offers[fits[0] if len(fits) else clearance.argmax()]
    return placed


def clusters(rng: np.random.Generator, reach: Points, area: Points) -> Points:
    """Grow agglomerates grain by grain, partly as chains, as dried suspensions leave them."""
    placed = np.empty((len(reach), 2))
    start = 0
    while start < len(reach):
        end = min(len(reach), start + int(rng.integers(*CLUSTER_SIZE, endpoint=True)))
        placed[start] = rng.uniform(-0.5, 0.5, 2) * area
        heading = rng.uniform(0.0, 2.0 * np.pi)
        for index in range(start + 1, end):
            if rng.random() < _TIP_GROWTH:
                parent = index - 1
                heading += rng.normal(0.0, 0.7)
            else:
                parent = int(rng.integers(start, index))
                heading = rng.uniform(0.0, 2.0 * np.pi)
            step = rng.uniform(*_CLUSTER_STEP) * (reach[parent] + reach[index])
            placed[index] = placed[parent] + step * np.array([np.cos(heading), np.sin(heading)])
        start = end
    return placed


def piles(rng: np.random.Generator, reach: Points, area: Points) -> Points:
    """Pour narrow columns, which become heaps of many layers."""
    placed = np.empty((len(reach), 2))
    start = 0
    while start < len(reach):
        end = min(len(reach), start + int(rng.integers(*PILE_SIZE, endpoint=True)))
        centre = rng.uniform(-0.5, 0.5, 2) * area
        spread = rng.uniform(*PILE_SPREAD) * reach.mean()
        placed[start:end] = centre + rng.normal(0.0, spread, (end - start, 2))
        start = end
    return placed


PLACE: dict[Arrangement, Callable[[np.random.Generator, Points, Points], Points]] = {
    "scattered": scattered,
    "clusters": clusters,
    "singles": singles,
    "piles": piles,
}
"""Functions of (rng, bounding radii (N,), size of the area (2,)) that return places (N, 2)."""
