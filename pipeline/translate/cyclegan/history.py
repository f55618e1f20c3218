"""Generated images of earlier steps, shown to a discriminator so that it forgets nothing.

References
----------
.. [1] Shrivastava et al., "Learning from simulated and unsupervised images through adversarial
   training", CVPR 2017, section 2.3; used by Zhu 2017, section 4, with 50 images.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

if TYPE_CHECKING:
    import numpy as np


class ImageHistory:
    """A pool of generated images.

    While it fills, an image goes in and is shown itself. Once full, every second image on average
    is shown itself and not kept; instead of any other one a stored image, drawn at random, is
    shown and gives it its place.

    Parameters
    ----------
    size : int
        Images that it holds; 0 shows every image itself.
    random : numpy.random.Generator
        Decides; belongs to this pool alone, because its state is stored with it.
    """

    def __init__(self, size: int, random: np.random.Generator) -> None:
        self.size = size
        self._random = random
        self._images: list[Tensor] = []

    def shown_for(self, images: Tensor) -> Tensor:
        """Take generated images of shape (N, C, H, W), return as many to show."""
        return torch.stack([self._swap(image) for image in images.detach()])

    def _swap(self, image: Tensor) -> Tensor:
        if len(self._images) < self.size:
            self._images.append(image.clone())
            return image
        if self.size == 0 or self._random.random() < 0.5:
            return image
        place = int(self._random.integers(self.size))
        old, self._images[place] = self._images[place], image.clone()
        return old

    def state_dict(self) -> dict[str, Any]:
        """Return images and random state for a checkpoint."""
        return {"images": self._images, "random": random_state(self._random)}

    def load_state_dict(self, state: dict[str, Any], device: torch.device) -> None:
        """Take over what `state_dict` returned."""
        self._images = [image.to(device) for image in state["images"]]
        set_random_state(self._random, state["random"])


def random_state(random: np.random.Generator) -> str:
    """Return the state of a numpy generator as text, which a checkpoint can hold."""
    return json.dumps(random.bit_generator.state)


def set_random_state(random: np.random.Generator, state: str) -> None:
    """Put a numpy generator into a state that `random_state` returned."""
    random.bit_generator.state = json.loads(state)
