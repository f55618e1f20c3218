"""Small copies for galleries look like their originals."""

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from core.files import bytes_store
from survey.thumbnails import SIDE_PX, small_png, small_webp

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage")]


@pytest.mark.parametrize("made", [small_webp, small_png])
@pytest.mark.parametrize(("dtype", "step"), [(np.uint8, 1), (np.uint16, 257)])
def test_a_ramp_of_8_or_16_bits_stays_a_ramp_of_8(
    dtype: type, step: int, made: Callable[[str], bytes]
) -> None:
    ramp = np.tile(np.linspace(0, 255, 1024).astype(dtype) * dtype(step), (704, 1))
    png = io.BytesIO()
    Image.fromarray(ramp).save(png, "PNG")
    small = made(bytes_store(png.getvalue()).sha256)
    assert len(small) < 30_000
    with Image.open(io.BytesIO(small)) as image:
        assert max(image.size) == SIDE_PX
        levels = np.asarray(image.convert("L")).astype(float)
    expected = np.linspace(0, 255, levels.shape[1])
    assert np.abs(levels.mean(axis=0) - expected).max() < 4
