"""Windows over a whole image: any size, and no seams."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from pipeline.segment import model
from pipeline.segment.infer import infer

TINY = (4, 4, 8, 8, 8, 4)
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def network() -> model.ParticleNet:
    return model.new_network(TINY, seed=5).eval()


@pytest.mark.parametrize("shape", [(32, 32), (33, 97), (130, 64)])
def test_the_maps_have_the_size_of_the_image(
    network: model.ParticleNet, shape: tuple[int, int]
) -> None:
    image = np.random.default_rng(0).uniform(0, 1, shape).astype(np.float32)
    maps = infer(network, image, window_px=64, precision="fp32", device=CPU)
    for values in (maps.foreground, maps.contact, maps.distance):
        assert values.shape == shape
        assert values.dtype == np.float32
        assert 0 <= values.min() <= values.max() <= 1


def test_windows_of_a_constant_image_leave_no_seam(network: model.ParticleNet) -> None:
    image = np.full((256, 256), 0.5, np.float32)
    maps = infer(network, image, window_px=128, precision="fp32", device=CPU)
    middle = maps.foreground[48:-48, 48:-48]
    assert np.ptp(middle) < 0.02


def test_one_window_gives_what_the_network_gives(network: model.ParticleNet) -> None:
    image = np.random.default_rng(0).uniform(0, 1, (64, 80)).astype(np.float32)
    maps = infer(network, image, window_px=512, precision="fp32", device=CPU)
    with torch.no_grad():
        expected = network(torch.from_numpy(image)[None, None])[0, 0].sigmoid().numpy()
    np.testing.assert_allclose(maps.foreground, expected, atol=1e-5)
