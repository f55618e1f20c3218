"""The data bar is found where there is one and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.micrographs import list_images, read_micrograph
from pipeline.micrographs.data_bar import find_data_bar

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def _micrograph(
    seed: int, *, ground: float = 0.25, noise: float = 0.04, shape: tuple[int, int] = (384, 512)
) -> NDArray[np.float32]:
    """Return bright discs and blocks on a noisy ground."""
    rng = np.random.default_rng(seed)
    image = np.full(shape, ground, np.float32)
    for _ in range(int(rng.integers(0, 40))):
        x, y, r = (
            int(rng.integers(0, shape[1])),
            int(rng.integers(0, shape[0])),
            rng.integers(4, 40),
        )
        grey = float(rng.uniform(0.3, 1))
        if rng.random() < 0.7:
            cv2.circle(image, (x, y), int(r), (grey,), -1, cv2.LINE_AA)
        else:
            cv2.rectangle(image, (x, y), (x + 3 * int(r), y + int(r)), (grey,), -1)
    image += rng.normal(0, noise, shape).astype(np.float32)
    return np.clip(image, 0, 1)


def _with_bar(
    image: NDArray[np.float32], *, ground: float, ink: float, row: int, below: int = 0
) -> NDArray[np.float32]:
    barred = image.copy()
    end = image.shape[0] - below
    barred[row:end] = ground
    for baseline in (row + 20, row + 42):
        text = "HV 20.00 kV  WD 2.8 mm  Mag 50.00 KX"
        cv2.putText(
            barred, text, (8, baseline), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (ink,), 1, cv2.LINE_AA
        )
    return barred


@given(
    seed=st.integers(0, 10_000),
    ground=st.sampled_from([0.0, 0.1, 0.5, 0.95]),
    noise=st.sampled_from([0.0, 0.004, 0.05]),
)
@settings(max_examples=60, deadline=None)
def test_an_image_without_a_bar_has_none(seed: int, ground: float, noise: float) -> None:
    assert find_data_bar(_micrograph(seed, ground=ground, noise=noise)) is None


@pytest.mark.parametrize(("ground", "ink"), [(0.0, 0.95), (1.0, 0.0), (0.6, 0.1)])
@pytest.mark.parametrize("row", [310, 333])
@pytest.mark.parametrize("below", [0, 2])
def test_a_bar_begins_where_it_was_drawn(ground: float, ink: float, row: int, below: int) -> None:
    barred = _with_bar(_micrograph(3), ground=ground, ink=ink, row=row, below=below)
    assert find_data_bar(barred) == row


def test_a_line_that_borders_the_bar_belongs_to_it() -> None:
    barred = _with_bar(_micrograph(4), ground=0.0, ink=0.95, row=320)
    barred[318:320] = 1.0
    assert find_data_bar(barred) == 318


def test_a_bar_survives_jpeg() -> None:
    barred = _with_bar(_micrograph(5), ground=0.0, ink=0.95, row=320)
    _, buffer = cv2.imencode(".jpg", np.rint(barred * 255).astype(np.uint8))
    image = cv2.imdecode(buffer, cv2.IMREAD_GRAYSCALE).astype(np.float32) / 255
    found = find_data_bar(image)
    assert found is not None
    assert abs(found - 320) <= 1


def test_a_scale_bar_and_text_on_the_micrograph_are_no_bar() -> None:
    image = _micrograph(6)
    cv2.rectangle(image, (300, 350), (480, 356), (1.0,), -1)
    cv2.putText(image, "200 nm", (320, 345), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (1.0,), 2)
    assert find_data_bar(image) is None


def test_a_box_of_text_over_half_the_width_is_no_bar() -> None:
    image = _micrograph(7)
    image[300:350, 20:270] = 0
    cv2.putText(image, "20 kV  4.0  15000x", (30, 330), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (1.0,), 1)
    assert find_data_bar(image) is None


@pytest.mark.data
def test_real_zeiss_images_have_their_bar_and_pixel_size(real_data: Path) -> None:
    for path in list_images(real_data / "tio2" / "images")[::7]:
        micrograph = read_micrograph(path)
        assert micrograph.bar_row == 712
        assert micrograph.nm_per_px == 7.34375
        assert micrograph.nm_per_px_source == "Zeiss tag 34118, AP_IMAGE_PIXEL_SIZE"
        assert micrograph.pixels.shape == (768, 1024)


@pytest.mark.data
def test_bars_on_images_from_the_literature_are_found(real_data: Path) -> None:
    # Rows read off the images by eye; None: text or a scale bar on the micrograph itself.
    rows = {"1b3c6536a3": 461, "555eb05b4c": 476, "5c244a9ea8": None, "c812c93fbd": None}
    for name, row in rows.items():
        found = read_micrograph(real_data / "emps" / "images" / f"{name}.png").bar_row
        assert (found is None) == (row is None), name
        assert row is None or found is None or abs(found - row) <= 2, name
