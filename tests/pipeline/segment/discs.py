"""Analytic scenes: shaded ellipses of known place and size, as images with exact labels."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline import files, layout
from pipeline.contracts import Pair, PairList

if TYPE_CHECKING:
    from numpy.typing import NDArray


def disc_labels(
    shape: tuple[int, int], discs: list[tuple[float, float, float]]
) -> NDArray[np.uint16]:
    """Label discs (row, column, radius) from 1 on; later ones lie on top."""
    rows, columns = np.indices(shape)
    labels = np.zeros(shape, np.uint16)
    for number, (row, column, radius) in enumerate(discs, start=1):
        labels[(rows - row) ** 2 + (columns - column) ** 2 <= radius**2] = number
    return labels


def random_scene(
    rng: np.random.Generator, shape: tuple[int, int], particles: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint16]]:
    """Return an image of shaded ellipses, bright at the rim as in a real one, and its labels."""
    rows, columns = np.indices(shape, dtype=np.float32)
    image = np.full(shape, 0.2, np.float32)
    labels = np.zeros(shape, np.uint16)
    for number in range(1, particles + 1):
        row, column = rng.uniform(0, shape[0]), rng.uniform(0, shape[1])
        long, short, angle = rng.uniform(9, 16), rng.uniform(7, 9), rng.uniform(0, np.pi)
        along = (rows - row) * np.sin(angle) + (columns - column) * np.cos(angle)
        across = (rows - row) * np.cos(angle) - (columns - column) * np.sin(angle)
        radius2 = (along / long) ** 2 + (across / short) ** 2
        inside = radius2 <= 1
        image[inside] = rng.uniform(0.45, 0.6) + 0.3 * radius2[inside] ** 2
        labels[inside] = number
    image += rng.normal(0, 0.04, shape)
    return np.rint(image.clip(0, 1) * 255).astype(np.uint8), labels


def write_pairs(
    root: Path, *, seed: int, scenes: int, shape: tuple[int, int] = (96, 128), particles: int = 14
) -> Path:
    """Write scenes and a translate stage's output below `root`; return the latter."""
    rng = np.random.default_rng(seed)
    out = root / "render"
    pairs: list[Pair] = []
    for index in range(scenes):
        image, labels = random_scene(rng, shape, particles)
        scene = layout.scene_folder(root / "simulate", index)
        files.write_png(scene / layout.LABELS, labels)
        files.write_text(scene / layout.TRUTH, "{}")
        path = files.write_png(out / layout.IMAGES / f"{index:05d}.png", image)
        pairs.append(layout.pair(out, image=path, scene=scene, parameters={}))
    layout.write_pairs(out, PairList(generator="discs", pairs=tuple(pairs)))
    return out
