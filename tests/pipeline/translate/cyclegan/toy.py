"""A toy world: spheres on a plane as scenes, and flat grey discs as their micrographs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline import files
from tests.pipeline.translate.scenes import random_spheres, write_scene

if TYPE_CHECKING:
    from pathlib import Path

GROUND, PARTICLE = 0.2, 0.8  # grey levels of the toy's micrographs
SHAPE = (64, 80)


def write_scenes(out: Path, *, count: int, shape: tuple[int, int] = SHAPE) -> Path:
    """Write scenes of ten spheres each; return the folder."""
    for index in range(count):
        height, labels = random_spheres(shape, 10, seed=index)
        write_scene(out, index, height, labels)
    return out


def write_real(out: Path, *, count: int, shape: tuple[int, int] = SHAPE) -> Path:
    """Write micrographs of other spheres: discs of one grey on a ground of another, with noise."""
    random = np.random.default_rng(12)
    for index in range(count):
        height, _ = random_spheres(shape, 10, seed=1000 + index)
        grey = np.where(height > 0, PARTICLE, GROUND) + random.normal(0, 0.02, shape)
        levels = np.rint(np.clip(grey, 0, 1) * 255).astype(np.uint8)
        files.write_png(out / f"{index}.png", levels)
    return out
