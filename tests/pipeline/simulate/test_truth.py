"""Truth: silhouettes counted at pixel centres, hidden and cut particles kept, rims dark."""

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.contracts import SimulateSpec
from pipeline.simulate.scene import plan_scene
from pipeline.simulate.settled import Settled, Views
from pipeline.simulate.truth import label_rim, pixels_inside, rimmed_mask, scene_truth


@settings(max_examples=50, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    count=st.integers(3, 12),
    size=st.floats(0.3, 40.0),
    shift=st.floats(-30.0, 30.0),
)
def test_silhouettes_agree_with_testing_every_pixel_centre(
    seed: int, count: int, size: float, shift: float
) -> None:
    rng = np.random.default_rng(seed)
    angles = np.sort(rng.uniform(0, 2 * np.pi, count))
    polygon = size * np.column_stack([np.sin(angles), np.cos(angles)]) + shift
    grid = np.arange(-80, 80) + 0.5
    rows, columns = np.meshgrid(grid, grid, indexing="ij")
    inside = np.ones_like(rows, dtype=bool)
    for (r0, c0), (r1, c1) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        inside &= (r1 - r0) * (columns - c0) - (c1 - c0) * (rows - r0) <= 0
    assert pixels_inside(polygon) == inside.sum()


def test_a_square_on_pixel_borders_has_its_area_in_pixels() -> None:
    square = np.array([[-3.0, 2.0], [-3.0, 7.0], [4.0, 7.0], [4.0, 2.0]])
    assert pixels_inside(square) == 35


def test_a_disc_smaller_than_a_pixel_may_hold_no_centre() -> None:
    corner = np.array([[0.1, 0.1], [0.1, 0.3], [0.3, 0.2]])
    assert pixels_inside(corner) == 0


def one_sphere_scene(labels: NDArray[Any]) -> tuple[float, int, bool]:
    """Return visible fraction, silhouette and border of a sphere of 20 px with these labels."""
    spec = SimulateSpec(
        particles=(1, 1),
        shapes=("sphere",),
        diameter_nm=(140.0, 140.0),
        diameter_cv=0.0,
        width_px=64,
        height_px=48,
    )
    plan = plan_scene(spec, 0)
    settled = Settled(
        position_nm=np.array([[7.0, -14.0, 70.0]]),
        rotation=np.array([[1.0, 0.0, 0.0, 0.0]]),
        at_rest=np.array([True]),
        on_holder=np.array([True]),
        fall_s=1.0,
    )
    views = Views(
        height_nm=np.where(labels > 0, np.float32(140.0), np.float32(0.0)),
        labels=labels.astype(np.uint16),
        edges=None,
    )
    truth = scene_truth(plan, settled, views).particles[0]
    return truth.visible_fraction, truth.silhouette_px, truth.touches_border


def disc() -> NDArray[Any]:
    rows, columns = np.meshgrid(np.arange(48) + 0.5, np.arange(64) + 0.5, indexing="ij")
    # 7 nm to the right is a column more, 14 nm down two rows more.
    return np.where(np.hypot(rows - 26.0, columns - 33.0) <= 10.0, 1, 0)


def test_a_hidden_particle_keeps_its_entry() -> None:
    fraction, silhouette_px, touches = one_sphere_scene(np.zeros((48, 64)))
    assert fraction == 0.0
    assert silhouette_px == pytest.approx(math.pi * 100, rel=0.02)
    assert not touches


def test_a_free_particle_is_wholly_visible() -> None:
    fraction, silhouette_px, touches = one_sphere_scene(disc())
    assert fraction > 0.97
    assert silhouette_px == pytest.approx(disc().sum(), rel=0.02)
    assert not touches


def test_a_half_covered_particle_is_half_visible() -> None:
    labels = disc()
    labels[:, 33:] = 0
    assert one_sphere_scene(labels)[0] == pytest.approx(0.5, abs=0.02)


def test_a_particle_on_the_border_is_marked() -> None:
    labels = np.zeros((48, 64))
    labels[47, 20:30] = 1
    assert one_sphere_scene(labels)[2]


def test_touching_particles_are_parted_by_a_dark_rim() -> None:
    labels = np.zeros((20, 30), dtype=np.uint16)
    labels[4:16, 5:15], labels[4:16, 15:25] = 1, 2
    rim = label_rim(labels)
    assert rim[8, 14]
    assert rim[8, 15]
    assert not rim[8, 10]
    assert not rim[labels == 0].any()
    bare = Views(height_nm=labels.astype(np.float32), labels=labels, edges=None)
    mask = rimmed_mask(bare)
    assert mask[8, 10] == 255
    assert mask[8, 14] == mask[8, 15] == mask[8, 2] == 0
    lines = np.zeros((20, 30), dtype=np.uint8)
    lines[8, 10] = 255
    assert rimmed_mask(dataclasses.replace(bare, edges=lines))[8, 10] == 0
