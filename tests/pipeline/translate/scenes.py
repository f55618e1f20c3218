"""Height maps with a known truth, without Blender: spheres in a z-buffer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline import files, layout
from pipeline.contracts import SceneTruth

if TYPE_CHECKING:
    from numpy.typing import NDArray

Sphere = tuple[float, float, float, float]  # row, column, radius, height of the centre: in px


def spheres(
    shape: tuple[int, int], placed: list[Sphere], *, nm_per_px: float = 7.0
) -> tuple[NDArray[np.float32], NDArray[np.uint16]]:
    """Return height in nm and labels of spheres, the first one being label 1."""
    height, labels = np.zeros(shape, np.float32), np.zeros(shape, np.uint16)
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    for number, (row, column, radius, middle) in enumerate(placed, start=1):
        square = radius**2 - (rows - row) ** 2 - (columns - column) ** 2
        top = (middle + np.sqrt(np.maximum(square, 0))) * nm_per_px
        seen = (square > 0) & (top > height)
        height[seen], labels[seen] = top[seen], number
    return height, labels


def resting(row: float, column: float, radius: float) -> Sphere:
    """Return a sphere that touches the holder."""
    return row, column, radius, radius


def random_spheres(
    shape: tuple[int, int], count: int, *, seed: int, nm_per_px: float = 7.0
) -> tuple[NDArray[np.float32], NDArray[np.uint16]]:
    """Return a scene of spheres at random, piled without physics."""
    rng = np.random.default_rng(seed)
    placed = []
    for _ in range(count):
        radius = float(rng.uniform(6, 16))
        row, column = rng.uniform(0, shape[0]), rng.uniform(0, shape[1])
        placed.append((float(row), float(column), radius, radius * float(rng.uniform(1, 2))))
    return spheres(shape, placed, nm_per_px=nm_per_px)


def write_scene(
    root: Path,
    index: int,
    height_nm: NDArray[np.float32],
    labels: NDArray[np.uint16],
    *,
    nm_per_px: float = 7.0,
) -> Path:
    """Write a scene as simulate does, as far as translate reads it."""
    folder = layout.scene_folder(root, index)
    files.write_tiff(folder / layout.HEIGHT, height_nm)
    files.write_png(folder / layout.LABELS, labels)
    truth = SceneTruth(
        index=index,
        seed=0,
        arrangement="scattered",
        width_px=height_nm.shape[1],
        height_px=height_nm.shape[0],
        nm_per_px=nm_per_px,
        top_nm=float(height_nm.max()),
        fall_s=0.0,
        never_rested=0,
        left_holder=0,
        particles=(),
    )
    files.write_json(folder / layout.TRUTH, truth)
    return folder
