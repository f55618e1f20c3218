"""The scale at which the network looks follows the size of what it sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from pipeline.segment.model import ParticleNet
from pipeline.segment.scales import Options, segment, typical_diameter
from tests.pipeline.segment.discs import disc_labels
from tests.pipeline.segment.thresholder import thresholder

if TYPE_CHECKING:
    from numpy.typing import NDArray

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def network() -> ParticleNet:
    return thresholder()


def image_of(radius: int) -> NDArray[np.float32]:
    """Return four bright discs on black, shape (256, 256)."""
    places = [(64, 64), (64, 192), (192, 64), (192, 192)]
    labels = disc_labels((256, 256), [(row, column, radius) for row, column in places])
    return (labels > 0).astype(np.float32)


@pytest.mark.parametrize(("radius", "expected"), [(8, 1.0), (30, 0.5), (60, 0.25)])
def test_large_particles_are_seen_reduced(
    network: ParticleNet, radius: int, expected: float
) -> None:
    labels, scale = segment(network, image_of(radius), Options(), device=CPU)
    assert scale == expected
    assert labels.shape == (256, 256)
    assert labels.max() == 4
    areas = np.bincount(labels.ravel())[1:]
    assert areas == pytest.approx(np.pi * radius**2, rel=0.05)


def test_an_asked_scale_is_used(network: ParticleNet) -> None:
    labels, scale = segment(network, image_of(30), Options(scale=1.0), device=CPU)
    assert scale == 1.0
    assert labels.max() == 4


def test_a_small_image_is_never_reduced(network: ParticleNet) -> None:
    image = image_of(60)[:100, :100]
    assert segment(network, image, Options(), device=CPU)[1] == 1.0


def test_an_image_without_particles_is_seen_in_full(network: ParticleNet) -> None:
    labels, scale = segment(network, np.zeros((256, 256), np.float32), Options(), device=CPU)
    assert scale == 1.0
    assert not labels.any()


def test_specks_have_no_say_in_the_typical_diameter() -> None:
    labels = disc_labels((100, 100), [(50, 50, 20)]).astype(np.int32)
    labels[0, :90] = np.arange(2, 92)
    assert typical_diameter(labels) == pytest.approx(40, rel=0.02)
    assert typical_diameter(np.zeros_like(labels)) == 0
