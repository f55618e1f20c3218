"""The trivial figures against pictures whose figures are known."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from pipeline.stimuli.bars import bar_doubt
from pipeline.stimuli.trivial import trivial_figures_of

Pixels = np.ndarray[Any, np.dtype[np.uint8]]
HEIGHT, WIDTH = 240, 320


def noise(sd: float = 10.0, *, seed: int = 0) -> Pixels:
    picture = np.random.default_rng(seed).normal(120, sd, (HEIGHT, WIDTH))
    return bytes_of(picture)


def bytes_of(picture: Any) -> Pixels:
    return np.asarray(np.rint(np.clip(picture, 0, 255)), dtype=np.uint8)


def discs(seed: int = 3) -> Pixels:
    """A picture like a micrograph: bright discs, some saturated, on dark noise."""
    picture = noise(8, seed=seed).astype(np.float64) - 60
    rows, columns = np.indices(picture.shape)
    for row, column, radius in np.random.default_rng(seed).uniform(
        (0, 0, 9), (HEIGHT, WIDTH, 30), (12, 3)
    ):
        inside = (rows - row) ** 2 + (columns - column) ** 2 < radius**2
        picture[inside] += 170
    return bytes_of(cv2.GaussianBlur(bytes_of(picture), (0, 0), 1.5))


def test_noise_is_measured_and_more_of_it_costs_more_bytes() -> None:
    small, large = trivial_figures_of(noise(5)), trivial_figures_of(noise(10))
    # A median of nine normal values takes most of the noise: what it takes away grows with it.
    assert large["noise_grey"] == pytest.approx(2 * small["noise_grey"], rel=0.05)
    assert large["png_bytes"] > small["png_bytes"]
    assert large["jpeg_bytes"] > small["jpeg_bytes"]


def test_jpeg_s_grid_is_found_wherever_a_cut_leaves_it() -> None:
    _, coded = cv2.imencode(".jpg", noise(20), [cv2.IMWRITE_JPEG_QUALITY, 20])
    pressed = bytes_of(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE))
    plain = trivial_figures_of(noise(20))["blockiness"]
    for row, column in ((0, 0), (3, 5)):
        assert trivial_figures_of(pressed[row:, column:])["blockiness"] > plain + 0.1
    assert plain < 1.1


def test_a_wave_of_one_frequency_is_a_peak_and_white_noise_has_none() -> None:
    wave = 12 * np.sin(2 * np.pi * 0.3 * np.arange(WIDTH))
    striped = bytes_of(noise() + wave[None, :])
    plain, found = trivial_figures_of(noise()), trivial_figures_of(striped)
    assert found["axial_peak_db"] > plain["axial_peak_db"] + 10
    assert found["point_peak_db"] > plain["point_peak_db"] + 10


def test_white_noise_has_the_share_near_nyquist_that_its_area_has_and_a_blur_takes_it() -> None:
    share = 10 * np.log10(1 - np.pi * 0.8**2 / 4)  # the square of frequencies without the disc
    assert trivial_figures_of(noise())["nyquist_db"] == pytest.approx(share, abs=0.3)
    blurred = bytes_of(cv2.GaussianBlur(noise(), (0, 0), 2))
    assert trivial_figures_of(blurred)["nyquist_db"] < share - 12


def test_a_flat_picture_has_finite_figures() -> None:
    flat = np.full((64, 64), 90, np.uint8)
    assert all(np.isfinite(value) for value in trivial_figures_of(flat).values())


# ---- bars ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_discs_raise_no_doubt(seed: int) -> None:
    assert bar_doubt(discs(seed)) == ""


@pytest.mark.parametrize("level", [0, 255])
def test_a_scale_bar_that_is_left_raises_doubt(level: int) -> None:
    picture = discs()
    picture[200:204, 230:300] = level
    assert "like a scale bar" in bar_doubt(picture)


@pytest.mark.parametrize("level", [0, 255])
def test_writing_near_the_border_raises_doubt(level: int) -> None:
    picture = np.full((HEIGHT, WIDTH), 100, np.uint8)
    cv2.putText(picture, "(b)", (8, 30), cv2.FONT_HERSHEY_DUPLEX, 1.0, [level], 2)
    assert "writing" in bar_doubt(picture)


def test_a_flat_band_at_the_bottom_raises_doubt() -> None:
    picture = noise(30)
    picture[-20:] = 60
    assert "flat band at the bottom" in bar_doubt(picture)
