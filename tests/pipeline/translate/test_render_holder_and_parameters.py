from __future__ import annotations

import numpy as np
import pytest

from pipeline.codec import fields_of
from pipeline.contracts.render_ranges import RenderRanges
from pipeline.translate import detector, optics
from pipeline.translate.fields import smooth_noise
from pipeline.translate.holder import KINDS, draw_kind, texture_of, windows
from pipeline.translate.parameters import draw
from tests.pipeline.translate.scenes import resting, spheres


def test_every_parameter_is_drawn_from_its_range_and_fills_it() -> None:
    ranges = RenderRanges()
    rng = np.random.default_rng(0)
    found = [draw(ranges, rng) for _ in range(300)]
    for info in fields_of(RenderRanges):
        low, high = getattr(ranges, info.name)
        values = np.array([drawn[info.name] for drawn in found])
        assert low <= values.min() < low + 0.1 * (high - low)
        assert high >= values.max() > high - 0.2 * (high - low)


def test_a_range_of_one_value_gives_that_value() -> None:
    ranges = RenderRanges(gamma=(1.1, 1.1), dose_electrons=(250.0, 250.0))
    drawn = draw(ranges, np.random.default_rng(1))
    assert (drawn["gamma"], drawn["dose_electrons"]) == (1.1, 250.0)


@pytest.mark.parametrize("kind", range(len(KINDS)), ids=KINDS)
@pytest.mark.parametrize("shape", [(32, 32), (150, 211)])
def test_every_holder_has_a_texture_of_its_own(kind: int, shape: tuple[int, int]) -> None:
    one = texture_of(kind, shape, 6.0, np.random.default_rng(0))
    again = texture_of(kind, shape, 6.0, np.random.default_rng(0))
    other = texture_of(kind, shape, 6.0, np.random.default_rng(1))

    assert one.shape == shape
    assert one.dtype == np.float32
    assert np.isfinite(one).all()
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)
    assert abs(float(one.mean())) < 0.7


def test_windows_of_earlier_scans_are_rectangles_of_another_brightness() -> None:
    found = [windows((80, 100), -0.2, np.random.default_rng(seed)) for seed in range(30)]

    assert min(float(factor.min()) for factor in found) < 0.95
    assert all(float(factor.max()) <= 1 + 1e-6 for factor in found)
    assert np.allclose(windows((80, 100), 0.0, np.random.default_rng(3)), 1.0)


def test_every_kind_of_holder_occurs() -> None:
    rng = np.random.default_rng(0)
    assert {draw_kind(rng) for _ in range(200)} == set(range(len(KINDS)))


@pytest.mark.parametrize("sigma_px", [0.05, 0.8, 5.0, 40.0])
def test_smooth_noise_has_unit_spread_and_its_correlation_length(sigma_px: float) -> None:
    field = smooth_noise((700, 900), sigma_px, np.random.default_rng(2))

    assert field.std() == pytest.approx(1.0, abs=0.2)
    # Autocorrelation of Gaussian-smoothed white noise: exp(-d^2 / (4 sigma^2)), 0.78 at d = sigma.
    step = round(sigma_px)
    if step >= 5:
        both = (field[:, step:] * field[:, :-step]).mean() / field.var()
        assert both == pytest.approx(np.exp(-0.25), abs=0.08)


def test_coverage_is_a_half_on_the_silhouette_and_keeps_the_area() -> None:
    height, _ = spheres((90, 90), [resting(45.2, 44.7, 25)])
    mask = (height > 0).astype(np.float32)

    covered = optics.coverage(mask)

    assert covered.sum() == pytest.approx(np.pi * 25**2, rel=0.01)
    straight = np.zeros((20, 20), np.float32)
    straight[:, 10:] = 1
    row = optics.coverage(straight)[10]
    assert row[9] + row[10] == pytest.approx(1.0, abs=1e-5)
    assert row[7] == 0 and row[12] == 1


def test_contrast_is_turned_down_until_only_the_allowed_part_is_white() -> None:
    signal = np.linspace(0, 4, 10_000, dtype=np.float32).reshape(100, 100)
    everywhere = np.ones((100, 100), bool)
    drawn = {"black_grey": 10.0, "particle_grey": 150.0, "gamma": 1.0, "clipped_part": 0.02}

    grey = detector.grey_of(signal, everywhere, drawn)
    free = detector.grey_of(signal, ~everywhere, drawn)

    assert (grey > 255).mean() == pytest.approx(0.02, abs=1e-3)
    assert grey[0, 0] == 10
    assert np.allclose(free, 10 + 140 * signal, atol=1e-3)


def test_streaks_run_along_the_lines_and_start_at_the_particles() -> None:
    signal = np.full((200, 300), 0.5, np.float32)
    charged = np.zeros_like(signal)
    charged[:, 150:200] = 1

    moved = detector.streaks(
        signal, charged, strength=0.05, length_px=40.0, rng=np.random.default_rng(0)
    )

    change = moved - signal
    assert not change[:, :150].any()
    assert change[:, 160:200].std() > 10 * change[:, 290:].std()
    along = (change[:, 160:199] * change[:, 161:200]).mean()
    across = (change[:-1, 160:200] * change[1:, 160:200]).mean()
    assert along > 5 * abs(across)


def test_a_jittered_line_moves_as_a_whole_and_by_less_than_a_pixel() -> None:
    ramp = np.tile(np.arange(50, dtype=np.float32), (400, 1))

    moved = detector.jittered(ramp, sigma_px=0.2, rng=np.random.default_rng(0))

    shift = (moved - ramp)[:, 1:-1]
    assert np.allclose(shift, shift[:, :1], atol=1e-4)
    assert shift[:, 0].std() == pytest.approx(0.2, rel=0.1)


def test_shading_stays_within_its_strength() -> None:
    for seed in range(20):
        factor = detector.shading((60, 80), strength=0.3, rng=np.random.default_rng(seed))
        assert 0.69 < factor.min() <= factor.max() < 1.31
