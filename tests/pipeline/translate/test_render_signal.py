from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from pipeline.contracts.render_ranges import RenderRanges
from pipeline.translate import detector, optics, render
from pipeline.translate.emission import particle_signal, secondary_yield, side_light
from pipeline.translate.fields import Field
from pipeline.translate.geometry import Geometry, geometry_of
from pipeline.translate.parameters import draw
from tests.pipeline.translate.scenes import resting, spheres

QUIET: dict[str, Any] = {
    "particle_spread": 0.0,
    "height_gain": 0.0,
    "roughness": 0.0,
    "asymmetry": 0.0,
    "charge_patches": 0.0,
    "halo": 0.0,
    "streaks": 0.0,
    "texture": 0.0,
    "window_contrast": 0.0,
    "defocus_px_per_um": 0.0,
    "bloom": 0.0,
    "shading": 0.0,
    "scan_jitter_px": 0.0,
    "dose_electrons": 1e7,
    "holder_kind": 0.0,
}


def drawn(*, seed: int = 0, **fixed: float) -> dict[str, float]:
    """Return parameters drawn from the default ranges, some of them fixed."""
    return draw(RenderRanges(), np.random.default_rng(seed)) | fixed


def scene_of(*placed: tuple[float, float, float, float], size: int = 120) -> Geometry:
    height, labels = spheres((size, size), list(placed))
    return geometry_of(height, labels, 7.0)


@pytest.mark.parametrize("tilt_deg", [0, 20, 45, 60])
def test_the_yield_of_a_tilted_plane_is_one_over_the_cosine_to_the_power(tilt_deg: int) -> None:
    slope = np.full((3, 3), math.tan(math.radians(tilt_deg)), np.float32)

    found = secondary_yield(slope * 0.6, slope * 0.8, exponent=0.9, limit=20.0)

    assert np.allclose(found, math.cos(math.radians(tilt_deg)) ** -0.9, rtol=1e-5)


def test_the_yield_never_passes_its_limit() -> None:
    steep = np.full((2, 2), 1e6, np.float32)
    assert np.allclose(secondary_yield(steep, steep, exponent=1.0, limit=3.0), 3.0)


def test_a_flat_holder_has_one_signal_all_over() -> None:
    flat = geometry_of(np.zeros((64, 64), np.float32), np.zeros((64, 64), np.uint16), 7.0)
    parameters = drawn(**QUIET) | {"asymmetry": 0.5, "holder_level": 0.3}

    ground = render.holder_signal(
        flat, np.zeros((64, 64), np.float32), parameters, np.random.default_rng(0)
    )

    assert np.allclose(ground, 0.3, atol=1e-6)


def test_the_rim_of_a_sphere_is_brighter_than_its_top() -> None:
    scene = scene_of(resting(60, 60, 30))

    signal = particle_signal(scene, drawn(**QUIET), np.random.default_rng(0))

    assert signal[60, 60] == pytest.approx(1.0, abs=0.05)
    assert signal[60, 32] > 1.3 * signal[60, 60]


def test_a_crevice_between_two_touching_spheres_is_darker_than_their_tops() -> None:
    scene = scene_of(resting(60, 39.5, 20), resting(60, 79.5, 20))
    parameters = drawn(**QUIET, rim_strength=0.0)

    seen = render.counted_signal(scene, parameters, np.random.default_rng(0))

    crevice = seen[66:69, 58:61].mean()
    assert crevice < 0.8 * seen[60, 38:42].mean()
    assert crevice < 0.8 * seen[60, 78:82].mean()


def test_the_holder_is_darker_beside_a_particle_than_far_away() -> None:
    scene = scene_of(resting(60, 60, 20))

    seen = render.counted_signal(scene, drawn(**QUIET), np.random.default_rng(0))

    assert seen[60, 84:87].mean() < 0.9 * seen[:8, :8].mean()


@pytest.mark.parametrize(("azimuth", "bright"), [(0, (60, 75)), (90, (45, 60)), (180, (60, 45))])
def test_the_bright_side_turns_with_the_detector(azimuth: int, bright: tuple[int, int]) -> None:
    scene = scene_of(resting(60, 60, 25))
    dark = (120 - bright[0], 120 - bright[1])

    light = side_light(scene, strength=0.5, azimuth_deg=float(azimuth))

    # Halfway out the normal leans by asin(15/25): half of its cosine is won, or lost.
    assert light[bright] == pytest.approx(1 + 0.5 * 15 / 25, abs=0.03)
    assert light[dark] == pytest.approx(1 - 0.5 * 15 / 25, abs=0.03)
    assert light[60, 60] == pytest.approx(1.0, abs=0.03)


def test_the_holder_lies_in_shadow_on_the_far_side_of_a_sphere() -> None:
    scene = scene_of(resting(60, 60, 20))
    light = side_light(scene, strength=0.5, azimuth_deg=0.0)
    assert light[60, 36] < 0.85 < 1.05 < light[60, 84]


def test_a_holder_out_of_focus_leaves_the_particle_sharp() -> None:
    scene = scene_of(resting(60, 60, 20))
    on_particle = scene.on_particle.astype(np.float32)
    stripes = np.tile(np.array([0.0, 0.0, 0.4, 0.4], np.float32), (120, 30))
    sharp = np.full((120, 120), 0.5, np.float32)

    seen = optics.picture(on_particle.copy(), stripes, on_particle, sharp, 4.0)

    assert np.ptp(seen[60, 5:25]) < 0.02
    rise = np.diff(seen[60, 34:46])
    assert rise.max() > 0.6


def test_noise_has_the_variance_of_its_dose() -> None:
    for dose, level in ((400.0, 0.8), (5.0, 0.6)):
        flat = np.full((400, 400), level, np.float32)

        noisy = detector.counted(flat, dose_electrons=dose, rng=np.random.default_rng(3))

        assert noisy.mean() == pytest.approx(level, rel=0.01)
        assert noisy.var() / noisy.mean() == pytest.approx(1 / dose, rel=0.03)


def test_the_border_that_is_seen_is_the_border_of_the_labels() -> None:
    """Half of the step from holder to body stands on a sphere's circle, on average."""
    radius = 30.0
    # Off the pixel grid on purpose: a pixel belongs to the sphere by its centre.
    scene = scene_of(resting(60.3, 59.6, radius))
    found = []
    for seed in range(24):
        parameters = drawn(seed=seed, **QUIET) | {"bloom": 0.02}
        seen = render.counted_signal(scene, parameters, np.random.default_rng(seed))
        found.append(_visual_radius(seen, 60.3, 59.6, radius))

    assert abs(float(np.mean(found)) - radius) < 0.2
    assert np.abs(np.array(found) - radius).max() < 0.6


def _visual_radius(seen: Field, row: float, column: float, radius: float) -> float:
    """Radius at which the azimuthal mean crosses half-way from the holder beside to the rim."""
    rows, columns = np.mgrid[: seen.shape[0], : seen.shape[1]]
    distance = np.hypot(rows - row, columns - column)
    rings = np.arange(radius - 6, radius + 6.01, 0.25)
    profile = np.array([seen[np.abs(distance - ring) < 0.5].mean() for ring in rings])
    beside = profile[rings > radius + 2].min()
    peak = int(profile.argmax())
    outside = profile[peak:] < (profile[peak] + beside) / 2
    crossing = peak + int(outside.argmax())
    above, below = profile[crossing - 1], profile[crossing]
    part = (above - (profile[peak] + beside) / 2) / (above - below)
    return float(rings[crossing - 1] + 0.25 * part)
