from __future__ import annotations

import math

import numpy as np

from pipeline.translate.geometry import geometry_of, slopes
from tests.pipeline.translate.scenes import resting, spheres


def test_a_flat_holder_has_no_slope_and_sees_the_whole_sky() -> None:
    scene = geometry_of(np.zeros((64, 80), np.float32), np.zeros((64, 80), np.uint16), 7.0)

    assert not scene.slope_right.any()
    assert not scene.slope_up.any()
    assert np.allclose(scene.sky, 1.0)
    assert np.allclose(scene.sky_right, 0.0, atol=1e-5)


def test_a_ramp_has_its_slope_whatever_the_pixel_size() -> None:
    columns = np.arange(40, dtype=np.float32)[None, :].repeat(30, axis=0)
    rows = np.arange(30, dtype=np.float32)[:, None].repeat(40, axis=1)
    labels = np.ones((30, 40), np.int32)

    right, up = slopes(columns * 5.0 * 0.5 - rows * 5.0 * 0.25, labels, 5.0)

    assert np.allclose(right, 0.5, atol=1e-5)
    assert np.allclose(up, 0.25, atol=1e-5)


def test_a_cliff_between_two_flat_particles_is_no_tilt() -> None:
    height = np.zeros((20, 20), np.float32)
    labels = np.ones((20, 20), np.uint16)
    height[:, 10:], labels[:, 10:] = 500.0, 2

    scene = geometry_of(height, labels, 7.0)

    assert not scene.slope_right.any()


def test_beside_a_high_wall_half_of_the_sky_is_left() -> None:
    height = np.zeros((160, 160), np.float32)
    labels = np.zeros((160, 160), np.uint16)
    height[:, 80:], labels[:, 80:] = 1e6, 1

    scene = geometry_of(height, labels, 7.0)

    # Three of eight directions meet the wall and two run along it.
    assert math.isclose(float(scene.sky[80, 78]), 5 / 8, abs_tol=0.01)
    assert scene.sky_right[80, 78] < -0.5
    assert abs(float(scene.sky_up[80, 78])) < 0.01
    assert math.isclose(float(scene.sky[80, 120]), 1.0, abs_tol=1e-3)


def test_the_upper_of_two_overlapping_spheres_has_the_free_edge() -> None:
    lower, upper = resting(40, 40, 14), (40.0, 56.0, 14.0, 32.0)
    height, labels = spheres((80, 100), [lower, upper])

    scene = geometry_of(height, labels, 7.0)
    border = np.flatnonzero(np.diff(labels[40].astype(int)) == 1)

    assert border.size == 2  # holder to lower, lower to upper
    assert scene.free_edge[40, border[1] + 2] > 0.9
    assert scene.free_edge[40, border[1] - 1] < 0.1
    assert scene.free_edge[40, border[0] + 2] > 0.9
    assert scene.edge_px[40, border[1] + 1] == np.float32(0.5)


def test_a_particle_that_fills_the_image_has_no_edge() -> None:
    scene = geometry_of(np.full((40, 40), 90.0, np.float32), np.ones((40, 40), np.uint16), 7.0)

    assert not scene.free_edge.any()
    assert (scene.edge_px >= 40).all()
