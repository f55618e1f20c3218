"""Particles: true volume, centre and extent of every shape; sizes as asked."""

import math
from typing import Literal, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.contracts import Shape
from pipeline.simulate import particles
from pipeline.simulate.particles import (
    collision_mesh,
    draw_diameters,
    draw_solid,
    render_mesh,
    volume_and_centroid,
)

SHAPES = get_args(Shape)
seeds = st.integers(0, 2**32)


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=15, deadline=None)
@given(seed=seeds, diameter_px=st.floats(3.0, 120.0))
def test_a_mesh_has_the_volume_of_the_ball_of_its_equivalent_diameter(
    shape: Shape, seed: int, diameter_px: float
) -> None:
    solid = draw_solid(shape, np.random.default_rng(seed))
    for mesh in (render_mesh(solid, diameter_px=diameter_px), collision_mesh(solid)):
        volume, _ = volume_and_centroid(mesh)
        assert volume == pytest.approx(math.pi / 6)


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=15, deadline=None)
@given(seed=seeds)
def test_the_centre_of_mass_is_the_origin(shape: Shape, seed: int) -> None:
    solid = draw_solid(shape, np.random.default_rng(seed))
    _, centroid = volume_and_centroid(render_mesh(solid, diameter_px=60.0))
    assert np.abs(centroid).max() < 2e-3


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=15, deadline=None)
@given(seed=seeds)
def test_a_mesh_is_closed_convex_and_within_its_bounding_ball(shape: Shape, seed: int) -> None:
    solid = draw_solid(shape, np.random.default_rng(seed))
    mesh = render_mesh(solid, diameter_px=24.0)
    corners = mesh.vertices[mesh.faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    outside = (mesh.vertices @ normals.T - (corners[:, 0] * normals).sum(axis=1)).max()
    assert outside < 1e-6  # no corner above any face: convex, and the faces look outwards
    assert len(mesh.vertices) - 1.5 * len(mesh.faces) + len(mesh.faces) == 2  # Euler: closed
    # Facets lie below a round surface, and its volume is made up for by a slight growth.
    assert np.linalg.norm(mesh.vertices, axis=1).max() < 1.02 * solid.bounding_radius


@pytest.mark.parametrize(
    ("shape", "aspects"), [("short_rod", (2.0, 3.0)), ("long_rod", (5.0, 8.0)), ("cube", (1, 1))]
)
def test_extents_have_the_aspect_ratio_of_the_shape(
    shape: Shape, aspects: tuple[float, float]
) -> None:
    rng = np.random.default_rng(3)
    ratios = [s.extent.max() / s.extent.min() for s in (draw_solid(shape, rng) for _ in range(50))]
    assert aspects[0] - 1e-9 <= min(ratios) <= max(ratios) <= aspects[1] + 1e-9


def test_a_rods_volume_is_that_of_a_spherocylinder() -> None:
    solid = particles.rod("long_rod", 6.0)
    width, _, length = solid.extent
    volume = math.pi / 6 * width**3 + math.pi / 4 * width**2 * (length - width)
    assert volume == pytest.approx(math.pi / 6)
    assert length / width == pytest.approx(6.0)


def test_grains_are_compact_irregular_and_differ() -> None:
    rng = np.random.default_rng(5)
    grains = [draw_solid("grain", rng) for _ in range(100)]
    ratios = np.array([grain.extent.max() / grain.extent.min() for grain in grains])
    assert 1.1 < np.median(ratios) < 1.5
    assert ratios.max() < 2.2
    assert len({grain.core.tobytes() for grain in grains}) == 100


def test_facets_stay_within_a_fifth_of_a_pixel_of_a_sphere() -> None:
    solid = draw_solid("sphere", np.random.default_rng(0))
    for diameter_px in (4.0, 22.0, 90.0, 380.0):
        mesh = render_mesh(solid, diameter_px=diameter_px)
        middles = mesh.vertices[mesh.faces].mean(axis=1)
        depth_px = (0.5 - np.linalg.norm(middles, axis=1)) * diameter_px
        assert np.abs(depth_px).max() < 0.2
        assert len(mesh.vertices) < 6000


@settings(max_examples=30, deadline=None)
@given(
    seed=seeds,
    cv=st.floats(0.0, 1.0),
    distribution=st.sampled_from(["normal", "lognormal"]),
)
def test_diameters_are_positive_and_bounded(
    seed: int, cv: float, distribution: Literal["normal", "lognormal"]
) -> None:
    drawn = draw_diameters(
        np.random.default_rng(seed), 200, mean=150.0, cv=cv, distribution=distribution
    )
    assert drawn.min() > 0.03 * 150.0
    assert drawn.max() < 9.0 * 150.0


@pytest.mark.parametrize("distribution", ["normal", "lognormal"])
def test_diameters_have_the_asked_mean_and_spread(
    distribution: Literal["normal", "lognormal"],
) -> None:
    drawn = draw_diameters(
        np.random.default_rng(1), 50_000, mean=150.0, cv=0.2, distribution=distribution
    )
    assert drawn.mean() == pytest.approx(150.0, rel=0.01)
    assert drawn.std() / drawn.mean() == pytest.approx(0.2, rel=0.06)  # the cut tails take 4 %
    skewness = float(((drawn - drawn.mean()) ** 3).mean() / drawn.std() ** 3)
    assert (skewness > 0.25) == (distribution == "lognormal")


def test_no_spread_gives_equal_diameters() -> None:
    drawn = draw_diameters(np.random.default_rng(1), 5, mean=80.0, cv=0.0, distribution="lognormal")
    assert drawn.tolist() == [80.0] * 5
