"""Strips of images by which people follow a training: height map | SEM | back to height map."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline import files, layout
from pipeline.errors import InputRefused
from pipeline.layout import Scene
from pipeline.translate.cyclegan.crops import noisy
from pipeline.translate.cyclegan.infer import translate
from pipeline.translate.cyclegan.sources import unit_height

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

    from pipeline.contracts import CycleGanTrainSpec
    from pipeline.translate.cyclegan.model import CycleGan

FOLDER = "samples"
SCENES = 3
SIDE_PX = 320
GAP_PX = 4
GAP_GREY = 128


class FixedScenes:
    """Windows of the first scenes with noise that stays the same all through the training."""

    def __init__(self, spec: CycleGanTrainSpec) -> None:
        random = np.random.default_rng((spec.seed, 5))
        self._precision = spec.precision
        self._heights = []
        for folder in layout.scene_folders(spec.scenes):
            try:
                height = _busiest_window(unit_height(Scene(folder=folder)))
            except InputRefused:
                continue  # it was told when the sources were read
            self._heights.append(noisy(height, sigma=spec.noise_sigma, random=random))
            if len(self._heights) == SCENES:
                break

    def write(self, model: CycleGan, path: Path, device: torch.device) -> Path:
        """Write one row for each scene: height map | SEM | back to height map."""
        model.networks.eval()
        rows = []
        for height in self._heights:
            sem = translate(model.height_to_sem, height, device=device, precision=self._precision)
            back = translate(
                model.sem_to_height,
                sem.astype(np.float32) / 255,
                device=device,
                precision=self._precision,
            )
            rows.append(strip(height, sem, back))
        model.networks.train()
        return files.write_png(path, stacked(rows))


def strip(height: NDArray[np.float32], *images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Put a height map of range [0, 1] and images of its size (H, W) side by side."""
    shown = [np.rint(np.clip(height, 0, 1) * 255).astype(np.uint8), *images]
    gap = np.full((height.shape[0], GAP_PX), GAP_GREY, np.uint8)
    pieces = [piece for image in shown for piece in (image, gap)]
    return np.hstack(pieces[:-1])


def stacked(rows: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Put strips below each other, the narrow ones filled up with grey."""
    width = max(row.shape[1] for row in rows)
    gap = np.full((GAP_PX, width), GAP_GREY, np.uint8)
    pieces = []
    for row in rows:
        fill = ((0, 0), (0, width - row.shape[1]))
        pieces += [np.pad(row, fill, constant_values=GAP_GREY), gap]
    return np.vstack(pieces[:-1])


def _busiest_window(height: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the window with most particles, on a grid of half a window."""
    rows, columns = height.shape
    side = min(SIDE_PX, rows, columns)
    step = max(side // 2, 1)
    windows = [
        height[row : row + side, column : column + side]
        for row in range(0, rows - side + 1, step)
        for column in range(0, columns - side + 1, step)
    ]
    return max(windows, key=np.count_nonzero)
