"""What a scene holds before the drop: particles, poses, holder, view. Knows no Blender."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.contracts import Arrangement, SimulateSpec
from pipeline.simulate import particles
from pipeline.simulate.arrangements import PLACE
from pipeline.simulate.particles import Solid

if TYPE_CHECKING:
    from numpy.typing import NDArray

# With neighbours one diameter apart and a little jitter half of the particles shoot away at the
# first step of the physics; at one and a half none does.
SPACING = 1.5
VARIANTS = {"sphere": 1, "cube": 1, "short_rod": 8, "long_rod": 8, "grain": 24}
_SINGLES_PART = 0.25  # singles take their number from the lowest quarter of the asked range
_BEYOND_VIEW = 1.5  # mean diameters that the drop area reaches beyond the image on each side


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlannedParticle:
    """A particle in its levitated starting pose.

    Attributes
    ----------
    solid : Solid
        Its shape at equivalent diameter 1; shared between particles.
    diameter_nm : float
        Its equivalent diameter.
    position_nm : tuple of float
        Centre of mass: x to the right and y up from the middle of the image, z above the holder.
    rotation : tuple of float
        Unit quaternion (w, x, y, z).
    """

    solid: Solid
    diameter_nm: float
    position_nm: tuple[float, float, float]
    rotation: tuple[float, float, float, float]

    @property
    def bounding_radius_nm(self) -> float:
        """Radius of the ball that holds the particle in any pose."""
        return self.solid.bounding_radius * self.diameter_nm


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScenePlan:
    """A scene before the drop; particle k has label k + 1."""

    index: int
    seed: int
    arrangement: Arrangement
    width_px: int
    height_px: int
    nm_per_px: float
    mean_diameter_nm: float
    holder_nm: tuple[float, float]
    particles: tuple[PlannedParticle, ...]

    def largest_px(self, solid: Solid) -> float:
        """Return the largest equivalent diameter of a solid in px; its mesh must be fit for it."""
        return max(p.diameter_nm for p in self.particles if p.solid is solid) / self.nm_per_px


def plan_scene(spec: SimulateSpec, index: int) -> ScenePlan:
    """Plan scene `index` of a spec: the same plan whenever and wherever it is asked for."""
    rng = np.random.default_rng(np.random.SeedSequence([spec.seed, index]))
    arrangement = spec.arrangements[index % len(spec.arrangements)]
    count = _count(rng, spec, arrangement)
    mean = float(rng.uniform(*spec.diameter_nm))
    diameters = particles.draw_diameters(
        rng, count, mean=mean, cv=spec.diameter_cv, distribution=spec.size_distribution
    )
    solids = _solids(rng, spec, count)
    reach = np.array([s.bounding_radius for s in solids]) * diameters
    view = np.array([spec.width_px, spec.height_px]) * spec.nm_per_px
    area = view + 2.0 * _BEYOND_VIEW * mean
    places = PLACE[arrangement](rng, reach / mean, area / mean) * mean
    heights = levitated_heights(places, reach)
    positions = np.column_stack([places, heights])
    rotations = _random_rotations(rng, count)
    return ScenePlan(
        index=index,
        seed=spec.seed,
        arrangement=arrangement,
        width_px=spec.width_px,
        height_px=spec.height_px,
        nm_per_px=spec.nm_per_px,
        mean_diameter_nm=mean,
        holder_nm=_holder(places, reach, diameters, view),
        particles=tuple(
            PlannedParticle(
                solid=solid,
                diameter_nm=float(diameter),
                position_nm=tuple(position.tolist()),
                rotation=tuple(rotation.tolist()),
            )
            for solid, diameter, position, rotation in zip(
                solids, diameters, positions, rotations, strict=True
            )
        ),
    )


def _count(rng: np.random.Generator, spec: SimulateSpec, arrangement: Arrangement) -> int:
    low, high = spec.particles
    if arrangement == "singles":
        high = low + math.ceil((high - low) * _SINGLES_PART)
    return int(rng.integers(low, high, endpoint=True))


def _solids(rng: np.random.Generator, spec: SimulateSpec, count: int) -> list[Solid]:
    """Give each particle one of a few solids of each family, so that meshes are shared."""
    families = [
        [particles.draw_solid(shape, rng) for _ in range(VARIANTS[shape])] for shape in spec.shapes
    ]
    chosen = rng.integers(0, len(families), count)
    return [families[k][int(rng.integers(0, len(families[k])))] for k in chosen]


def _random_rotations(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Draw rotations evenly: unit quaternions (w, x, y, z), shape (count, 4)."""
    drawn = rng.normal(size=(count, 4))
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True))


def _holder(
    places: NDArray[np.float64],
    reach: NDArray[np.float64],
    diameters: NDArray[np.float64],
    view: NDArray[np.float64],
) -> tuple[float, float]:
    """Return a holder that everything fits on, even if it all slid into one flat heap."""
    heap = (2.0 * float((diameters**3).sum())) ** (1 / 3)  # radius of a cone of 25 degrees
    half = np.maximum(np.abs(places).max(axis=0), 0.5 * view) + heap + 4.0 * reach.max()
    return float(2.0 * half[0]), float(2.0 * half[1])


# --- levitation -------------------------------------------------------------------------------


def levitated_heights(
    places: NDArray[np.float64], reach: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Stack particles, each as low as it stays clear of those before it.

    Parameters
    ----------
    places : ndarray of shape (N, 2), float64
        Where they are dropped.
    reach : ndarray of shape (N,), float64
        Their bounding radii, in the unit of `places`.

    Returns
    -------
    ndarray of shape (N,), float64
        Heights of the centres; any two centres are `SPACING` times the sum of their bounding
        radii apart or more, and as far from the holder.
    """
    heights = np.empty(len(places))
    for index in range(len(places)):
        aside = np.linalg.norm(places[:index] - places[index], axis=1)
        clear = SPACING * (reach[:index] + reach[index])
        near = np.flatnonzero(aside < clear)
        half = np.sqrt(clear[near] ** 2 - aside[near] ** 2)
        lows, highs = heights[near] - half, heights[near] + half
        lowest = SPACING * reach[index]
        for k in np.argsort(lows):  # climb over each span that is taken
            if lows[k] < lowest < highs[k]:
                lowest = highs[k]
        heights[index] = lowest
    return heights


def closest_approach(plan: ScenePlan) -> float:
    """Return the least distance of two centres over the sum of their bounding radii.

    Below 1 bounding balls overlap. Infinite for a single particle.
    """
    if len(plan.particles) < 2:
        return math.inf
    centres = np.array([p.position_nm for p in plan.particles])
    reach = np.array([p.bounding_radius_nm for p in plan.particles])
    nearest = math.inf
    for k in range(len(centres) - 1):  # row by row: a full matrix would be N x N x 3
        far = np.linalg.norm(centres[k + 1 :] - centres[k], axis=1)
        nearest = min(nearest, float((far / (reach[k] + reach[k + 1 :])).min()))
    return nearest
