"""Particles as convex solids: a hull of core points, rounded by a ball. Knows no Blender.

Every shape is the Minkowski sum of a few core points' hull and a ball: a sphere is one point, a
rod two, a cube eight without rounding, a titania grain a random polyhedron with round corners.
Solids are centred on their centre of mass and have an equivalent-volume diameter of 1.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull
from scipy.stats import truncnorm

from pipeline.contracts import Shape

Points = NDArray[np.float64]

UNIT_VOLUME = math.pi / 6.0  # of a ball with diameter 1
ROD_ASPECT: dict[Shape, tuple[float, float]] = {"short_rod": (2.0, 3.0), "long_rod": (5.0, 8.0)}
GRAIN_ASPECT = (1.0, 1.6)
GRAIN_CORNERS = (10, 18)
GRAIN_ROUNDING = (0.6, 1.2)  # ball radius over the core's mean radius
SIZE_CUT = 2.5  # standard deviations at which size distributions end
SMALLEST_PART = 0.2  # of the mean diameter, where a wide normal distribution ends
_SAGITTA_PX = 0.2  # how far a facet may stay below the true surface; its volume makes up for half
_ICOSAHEDRON_ANGLE = math.atan(2.0)  # between neighbouring corners of an icosahedron
_FINEST = 5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mesh:
    """A closed convex triangle mesh; `vertices` (V, 3), `faces` (F, 3) anticlockwise outside."""

    vertices: Points
    faces: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Solid:
    """A convex particle of equivalent diameter 1 with its centre of mass in the origin.

    Attributes
    ----------
    shape : Shape
        Name of the family.
    core : ndarray of shape (K, 3), float64
        Points whose hull is rounded.
    rounding : float
        Radius of the ball that rounds it.
    """

    shape: Shape
    core: Points
    rounding: float

    @property
    def extent(self) -> Points:
        """Full lengths along the solid's own axes, shape (3,)."""
        return np.asarray(np.ptp(self.core, axis=0) + 2.0 * self.rounding)

    @property
    def bounding_radius(self) -> float:
        """Radius of the ball round the origin that holds the solid in any pose."""
        return float(np.linalg.norm(self.core, axis=1).max()) + self.rounding


def draw_solid(shape: Shape, rng: np.random.Generator) -> Solid:
    """Draw a solid of a family; only rods and grains differ among themselves."""
    if shape == "sphere":
        return Solid(shape=shape, core=np.zeros((1, 3)), rounding=0.5)
    if shape == "cube":
        half = 0.5 * UNIT_VOLUME ** (1 / 3)
        corners = np.array(np.meshgrid(*[(-half, half)] * 3)).reshape(3, 8).T
        return Solid(shape=shape, core=corners, rounding=0.0)
    if shape == "grain":
        return _grain(rng)
    return rod(shape, rng.uniform(*ROD_ASPECT[shape]))


def rod(shape: Shape, aspect: float) -> Solid:
    """Return a spherocylinder along z whose length is `aspect` times its width."""
    # volume over that of the ball of the same width: caps 1, cylinder 3/2 (aspect - 1)
    width = (1.0 + 1.5 * (aspect - 1.0)) ** (-1 / 3)
    half = 0.5 * (aspect - 1.0) * width
    core = np.array([[0.0, 0.0, -half], [0.0, 0.0, half]])
    return Solid(shape=shape, core=core, rounding=0.5 * width)


def _grain(rng: np.random.Generator) -> Solid:
    """Draw a compact rounded polyhedron, as calcined titania looks in SEM."""
    count = int(rng.integers(*GRAIN_CORNERS, endpoint=True))
    # Spread over the sphere, so that the origin is inside and no face takes half of the grain.
    directions = _spiral(count) + rng.normal(0.0, 0.18, (count, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    length = rng.uniform(*GRAIN_ASPECT)
    # The ball that rounds the core makes it more compact, so the core is longer than the grain.
    axes = np.array([1.0, rng.uniform(1.0, length), length]) ** 2
    core = directions * axes
    rounding = float(rng.uniform(*GRAIN_ROUNDING) * axes.mean())
    rough = Solid(shape="grain", core=core, rounding=rounding)
    volume, centroid = volume_and_centroid(_rounded(rough, 3))
    scale = (UNIT_VOLUME / volume) ** (1 / 3)
    return Solid(shape="grain", core=(core - centroid) * scale, rounding=rounding * scale)


def _spiral(count: int) -> Points:
    """Return `count` directions spread evenly (golden spiral), shape (count, 3)."""
    z = 1.0 - (2.0 * np.arange(count) + 1.0) / count
    angle = math.pi * (3.0 - math.sqrt(5.0)) * np.arange(count)
    flat = np.sqrt(1.0 - z**2)
    return np.stack([flat * np.cos(angle), flat * np.sin(angle), z], axis=1)


# --- meshes -----------------------------------------------------------------------------------


@functools.lru_cache(maxsize=128)
def render_mesh(solid: Solid, *, diameter_px: float) -> Mesh:
    """Return the solid's mesh, as fine as pixels can show and of exactly the solid's volume.

    Parameters
    ----------
    solid : Solid
        The particle.
    diameter_px : float
        Its equivalent diameter in the image.
    """
    return _unit_volume(_rounded(solid, subdivisions_for(solid.rounding * diameter_px)))


def collision_mesh(solid: Solid) -> Mesh:
    """Return a mesh of at most 42 corners and of the solid's volume, for the physics."""
    directions = icosphere(1)
    farthest = (directions @ solid.core.T).argmax(axis=1)
    return _unit_volume(_hull(solid.core[farthest] + solid.rounding * directions))


def subdivisions_for(radius_px: float) -> int:
    """Return how often an icosahedron is divided to look round at a radius in pixels."""
    for count in range(1, _FINEST):
        half_angle = 0.5 * _ICOSAHEDRON_ANGLE / 2**count
        if radius_px * (1.0 - math.cos(half_angle)) <= _SAGITTA_PX:
            return count
    return _FINEST


@functools.cache
def icosphere(subdivisions: int) -> Points:
    """Return the corners of an icosahedron divided `subdivisions` times, shape (10*4^s + 2, 3)."""
    golden = (1.0 + math.sqrt(5.0)) / 2.0
    flat = [(0.0, a, b * golden) for a in (-1.0, 1.0) for b in (-1.0, 1.0)]
    corners = np.array([np.roll(corner, turn) for turn in range(3) for corner in flat])
    corners /= np.linalg.norm(corners, axis=1, keepdims=True)
    for _ in range(subdivisions):
        faces = _hull(corners).faces
        sides = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]))
        middles = corners[np.unique(sides, axis=0)].sum(axis=1)
        middles /= np.linalg.norm(middles, axis=1, keepdims=True)
        corners = np.concatenate([corners, middles])
    corners.setflags(write=False)
    return corners


def volume_and_centroid(mesh: Mesh) -> tuple[float, Points]:
    """Return the volume of a closed mesh and its centre of mass, shape (3,)."""
    corners = mesh.vertices[mesh.faces]  # (F, 3 corners, 3)
    # Six times the signed volumes of the tetrahedra between the faces and the origin.
    six = np.einsum("fi,fi->f", corners[:, 0], np.cross(corners[:, 1], corners[:, 2]))
    total = float(six.sum())
    return total / 6.0, (six[:, None] * corners.sum(axis=1)).sum(axis=0) / (4.0 * total)


def _rounded(solid: Solid, subdivisions: int) -> Mesh:
    if solid.rounding == 0.0:
        return _hull(solid.core)
    ball = solid.rounding * icosphere(subdivisions)
    return _hull((solid.core[:, None] + ball).reshape(-1, 3))  # (K, B, 3) -> (K*B, 3)


def _hull(points: Points) -> Mesh:
    hull = ConvexHull(points)
    used = hull.vertices
    faces = np.searchsorted(np.sort(used), hull.simplices)
    vertices = points[np.sort(used)]
    corners = vertices[faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    inward = np.einsum("fi,fi->f", normals, hull.equations[:, :3]) < 0
    faces[inward] = faces[inward][:, ::-1]
    return Mesh(vertices=vertices, faces=faces)


def _unit_volume(mesh: Mesh) -> Mesh:
    volume, _ = volume_and_centroid(mesh)
    return Mesh(vertices=mesh.vertices * (UNIT_VOLUME / volume) ** (1 / 3), faces=mesh.faces)


# --- sizes ------------------------------------------------------------------------------------


def draw_diameters(
    rng: np.random.Generator,
    count: int,
    *,
    mean: float,
    cv: float,
    distribution: Literal["normal", "lognormal"],
) -> Points:
    """Draw equivalent diameters, shape (count,), in the unit of `mean`.

    Both distributions end 2.5 standard deviations (of the logarithm for the lognormal one) from
    their middle, the normal one also at a fifth of the mean: a particle of no size, or one that
    fills the picture, is an artefact of the tail.
    """
    if cv == 0.0:
        return np.full(count, mean)
    if distribution == "normal":
        low = max(-SIZE_CUT, (SMALLEST_PART - 1.0) / cv)
        drawn = truncnorm.rvs(low, SIZE_CUT, size=count, random_state=rng)
        return np.asarray(mean * (1.0 + cv * drawn), dtype=np.float64)
    sigma = math.sqrt(math.log1p(cv**2))
    drawn = truncnorm.rvs(-SIZE_CUT, SIZE_CUT, size=count, random_state=rng)
    return np.asarray(mean * np.exp(sigma * drawn - 0.5 * sigma**2), dtype=np.float64)
