"""Grey images with bright discs, for pages that show images."""

from pathlib import Path

import numpy as np
from PIL import Image


def draw(folder: Path, name: str, *, seed: int, shape: tuple[int, int]) -> None:
    """Write a grey image with bright discs, as a stage would show one."""
    rng = np.random.default_rng(seed)
    rows, columns = np.indices(shape)
    image = rng.normal(60, 12, shape)
    for row, column, radius in rng.uniform((0, 0, 12), (*shape, 40), (25, 3)):
        image[(rows - row) ** 2 + (columns - column) ** 2 < radius**2] = rng.normal(170, 20)
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(image.clip(0, 255).astype(np.uint8)).save(path)
