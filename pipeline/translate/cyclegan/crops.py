"""Unpaired crops whose content is matched, so that nothing is to be gained by inventing any.

A discriminator that sees denser crops on one side than on the other rewards the generator for
adding or removing particles: the paper's new particles on empty ground (its figure 7) have their
best-supported explanation there. See Cohen, Luck, Honari, MICCAI 2018, arXiv 1805.08841, on
unbalanced domains and Richter, AlHaija, Koltun, arXiv 2105.04619, section 3.3, on matched crops.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from pipeline.translate.cyclegan.history import random_state, set_random_state

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.contracts import CycleGanTrainSpec
    from pipeline.translate.cyclegan.sources import Picture, Sources

LEAST_COVERAGE = 0.05  # emptier crops are mostly passed over ...
KEPT_EMPTY = 0.1  # ... but some are kept: empty ground must be learned as well
TRIES = 20
CANDIDATES = 12


class MatchedCrops:
    """Draws pairs of a height crop and a real crop with about the same coverage by particles.

    The real crop is drawn first, by `LEAST_COVERAGE` and `KEPT_EMPTY`; of `CANDIDATES` height
    crops the one nearest to its coverage is taken.

    Parameters
    ----------
    sources : Sources
        Both sides.
    spec : CycleGanTrainSpec
        Seed, batch, side of the crops and noise.
    """

    def __init__(self, sources: Sources, spec: CycleGanTrainSpec) -> None:
        self._sources = sources
        self._spec = spec
        self._random = np.random.default_rng((spec.seed, 4))

    def draw(self) -> tuple[Tensor, Tensor]:
        """Return height maps with noise and real images, each (N, 1, crop, crop) in [-1, 1]."""
        pairs = [self._draw_pair() for _ in range(self._spec.batch)]
        heights = np.stack([height for height, _ in pairs])
        heights = noisy(heights, sigma=self._spec.noise_sigma, random=self._random)
        return to_network(heights), to_network(np.stack([real for _, real in pairs]))

    def _draw_pair(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        image, coverage = self._real_crop()
        candidates = [self._anywhere(self._sources.heights) for _ in range(CANDIDATES)]
        height = min(candidates, key=lambda found: abs(found[1] - coverage))[0]
        return self._flipped(height), self._flipped(image)

    def _real_crop(self) -> tuple[NDArray[np.float32], float]:
        for _ in range(TRIES):
            crop, coverage = self._anywhere(self._sources.real)
            if coverage >= LEAST_COVERAGE or self._random.random() < KEPT_EMPTY:
                break
        return crop, coverage

    def _anywhere(self, pictures: list[Picture]) -> tuple[NDArray[np.float32], float]:
        """Return a crop at a random place of a random picture, and its coverage."""
        side = self._spec.crop_px
        picture = pictures[self._random.integers(len(pictures))]
        row = int(self._random.integers(picture.pixels.shape[0] - side + 1))
        column = int(self._random.integers(picture.pixels.shape[1] - side + 1))
        crop = picture.pixels[row : row + side, column : column + side]
        return crop, picture.coverage(row, column, side)

    def _flipped(self, crop: NDArray[np.float32]) -> NDArray[np.float32]:
        # No quarter turns: the scan lines of a micrograph are horizontal.
        down, right = self._random.random(2) < 0.5
        return crop[:: -1 if down else 1, :: -1 if right else 1]

    def state_dict(self) -> dict[str, Any]:
        """Return the random state for a checkpoint."""
        return {"random": random_state(self._random)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over what `state_dict` returned."""
        set_random_state(self._random, state["random"])


def noisy(
    height: NDArray[np.float32], *, sigma: float, random: np.random.Generator
) -> NDArray[np.float32]:
    """Add Gaussian noise to height maps of range [0, 1] (the paper, section 2.3: sigma 0.01).

    Without it the artificial images look too smooth; the result may leave [0, 1] a little.
    """
    noise = random.standard_normal(height.shape, dtype=np.float32)
    return height + np.float32(sigma) * noise


def to_network(images: NDArray[np.float32]) -> Tensor:
    """Return images of shape (N, H, W) in [0, 1] as a tensor (N, 1, H, W) in [-1, 1]."""
    return torch.from_numpy(2.0 * images - 1.0)[:, None]


def to_grey(images: Tensor) -> NDArray[np.uint8]:
    """Return network output (N, 1, H, W) in [-1, 1] as grey levels (N, H, W), uint8."""
    levels = (images.detach().float().cpu()[:, 0] + 1.0) * 127.5
    grey: NDArray[np.uint8] = levels.round().clamp(0, 255).to(torch.uint8).numpy()
    return grey
