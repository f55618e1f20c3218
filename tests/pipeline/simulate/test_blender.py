"""Blender against analytic truth: heights, outlines, alignment, rest, what leaves the holder."""

import dataclasses

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.contracts import Shape, SimulateSpec
from pipeline.simulate.scene import PlannedParticle, ScenePlan, plan_scene
from pipeline.simulate.settled import Settled, Views
from pipeline.simulate.truth import scene_truth
from tests.pipeline.simulate.in_blender import drop_and_view

pytestmark = pytest.mark.blender

DIAMETER_NM, NM_PER_PX = 280.0, 7.0  # 40 px
UPRIGHT = (1.0, 0.0, 0.0, 0.0)


def plan_of(shape: Shape, *starts: tuple[float, float, float]) -> ScenePlan:
    """Plan equal particles of a shape, upright, at the given places; the view is 96 x 64 px."""
    spec = SimulateSpec(
        particles=(1, 1),
        shapes=(shape,),
        diameter_nm=(DIAMETER_NM, DIAMETER_NM),
        diameter_cv=0.0,
        width_px=96,
        height_px=64,
        nm_per_px=NM_PER_PX,
    )
    plan = plan_scene(spec, 0)
    solid = plan.particles[0].solid
    return dataclasses.replace(
        plan,
        particles=tuple(
            PlannedParticle(
                solid=solid, diameter_nm=DIAMETER_NM, position_nm=start, rotation=UPRIGHT
            )
            for start in starts
        ),
    )


def centres_nm(views: Views) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return x and y of all pixel centres, from the middle of the image."""
    height, width = views.labels.shape
    x = (np.arange(width) + 0.5 - width / 2) * NM_PER_PX
    y = (height / 2 - np.arange(height) - 0.5) * NM_PER_PX
    return np.broadcast_to(x, (height, width)), np.broadcast_to(y[:, None], (height, width))


@pytest.fixture(scope="module")
def sphere() -> tuple[ScenePlan, Settled, Views]:
    # Off the middle and off the pixel grid, so that a flip, a swap or a shift would show.
    plan = plan_of("sphere", (73.1, -24.6, 400.0))
    return plan, *drop_and_view(plan)


def test_a_sphere_comes_to_rest_on_the_holder(
    sphere: tuple[ScenePlan, Settled, Views],
) -> None:
    _, settled, _ = sphere
    assert settled.at_rest.all()
    assert settled.on_holder.all()
    assert settled.fall_s < 12.0
    assert settled.position_nm[0, 2] == pytest.approx(DIAMETER_NM / 2, rel=0.01)


def test_a_spheres_height_map_is_the_analytic_one(
    sphere: tuple[ScenePlan, Settled, Views],
) -> None:
    _, settled, views = sphere
    x, y = centres_nm(views)
    aside = np.hypot(x - settled.position_nm[0, 0], y - settled.position_nm[0, 1])
    radius = DIAMETER_NM / 2
    inner = aside < 0.9 * radius
    truth = settled.position_nm[0, 2] + np.sqrt(radius**2 - aside[inner] ** 2)
    assert np.abs(views.height_nm[inner] - truth).max() < 0.01 * DIAMETER_NM
    assert (views.height_nm[aside > 1.02 * radius] == 0.0).all()
    assert views.height_nm.dtype == np.float32


def test_a_spheres_outline_has_its_radius_and_place(
    sphere: tuple[ScenePlan, Settled, Views],
) -> None:
    plan, settled, views = sphere
    area_px = int((views.labels == 1).sum())
    assert np.sqrt(4 * area_px / np.pi) * NM_PER_PX == pytest.approx(DIAMETER_NM, rel=0.01)
    x, y = centres_nm(views)
    middle = np.array([x[views.labels == 1].mean(), y[views.labels == 1].mean()])
    assert np.abs(middle - settled.position_nm[0, :2]).max() < 0.1 * NM_PER_PX
    truth = scene_truth(plan, settled, views).particles[0]
    assert truth.silhouette_px == pytest.approx(area_px, abs=2)
    assert truth.visible_fraction > 0.99


def test_freestyles_line_runs_along_the_outline(
    sphere: tuple[ScenePlan, Settled, Views],
) -> None:
    _, settled, views = sphere
    assert views.edges is not None
    drawn = views.edges > 127
    x, y = centres_nm(views)
    off = np.stack([x - settled.position_nm[0, 0], y - settled.position_nm[0, 1]])[:, drawn]
    from_outline_px = (np.hypot(*off) - DIAMETER_NM / 2) / NM_PER_PX
    assert np.abs(from_outline_px).max() < 2.0
    assert abs(from_outline_px.mean()) < 0.5
    # All the way round: no gap wider than two pixels.
    angles = np.sort(np.arctan2(off[1], off[0]))
    assert np.diff(angles, append=angles[0] + 2 * np.pi).max() * 20 < 2.0


def test_heights_labels_and_edges_have_one_shape(
    sphere: tuple[ScenePlan, Settled, Views],
) -> None:
    _, _, views = sphere
    assert views.edges is not None
    assert views.height_nm.shape == views.labels.shape == views.edges.shape == (64, 96)
    assert ((views.height_nm > 0) == (views.labels > 0)).all()


def test_a_cube_lies_flat_at_the_height_of_its_edge() -> None:
    plan = plan_of("cube", (10.0, 5.0, 300.0))
    settled, views = drop_and_view(plan, edges=False)
    edge_nm = DIAMETER_NM * (np.pi / 6) ** (1 / 3)
    assert views.edges is None
    assert views.height_nm.max() == pytest.approx(edge_nm, rel=0.01)
    top = views.height_nm > 0.98 * edge_nm
    assert top.sum() * NM_PER_PX**2 == pytest.approx(edge_nm**2, rel=0.05)
    assert settled.at_rest.all()


def test_particles_beside_the_holder_are_reported_and_not_seen() -> None:
    plan = plan_of("sphere", (0.0, 0.0, 400.0), (9000.0, 0.0, 400.0))
    plan = dataclasses.replace(plan, holder_nm=(4000.0, 4000.0))
    settled, views = drop_and_view(plan, edges=False)
    assert settled.on_holder.tolist() == [True, False]
    assert settled.at_rest.tolist() == [True, False]
    truth = scene_truth(plan, settled, views)
    assert (truth.left_holder, truth.never_rested) == (1, 0)
    assert set(np.unique(views.labels)) == {0, 1}


def test_particles_that_still_fall_are_reported() -> None:
    plan = plan_of("sphere", (0.0, 0.0, 9000.0))
    settled, views = drop_and_view(plan, limit_s=0.5, edges=False)
    assert settled.fall_s == pytest.approx(0.5)
    assert scene_truth(plan, settled, views).never_rested == 1


def test_what_lies_on_top_hides_what_lies_below() -> None:
    plan = plan_of("cube", (0.0, 0.0, 300.0), (0.0, 0.0, 800.0))
    settled, views = drop_and_view(plan, edges=False)
    truth = scene_truth(plan, settled, views)
    below, above = truth.particles
    assert above.position_nm[2] > below.position_nm[2] + 0.9 * below.size_nm[2]
    assert above.visible_fraction > 0.97
    assert below.visible_fraction < 0.25
    assert truth.top_nm == pytest.approx(2 * below.size_nm[2], rel=0.02)
