"""Artificial images and labels in memory, split by scene, and the batches drawn from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from pipeline import layout
from pipeline.errors import InputRefused
from pipeline.segment import augment, normalise, targets

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

# Most crops are put on a particle; the others show how empty ground looks.
_ON_PARTICLE = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class LabelledScene:
    """Labels of a scene, shared by all its images.

    Attributes
    ----------
    labels : ndarray of shape (H, W), uint16
        Instances, 0 is the holder.
    distance : ndarray of shape (H, W), uint8
        `targets.distance` times 255.
    centres : ndarray of shape (N, 2), float32
        (row, column) of the particles' centres of area.
    """

    labels: NDArray[np.uint16]
    distance: NDArray[np.uint8]
    centres: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class LabelledImage:
    """An artificial SEM image with its scene; grey values `low` and `high` become 0 and 1."""

    pixels: NDArray[np.uint8]
    low: float
    high: float
    scene: LabelledScene

    def inputs(self) -> NDArray[np.float32]:
        """Return the whole image as the network's input, shape (H, W), float32."""
        return normalise.to_input(self.pixels.astype(np.float32) / 255, self.low, self.high)


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Images for training, and one of each held-out scene for validation."""

    training: list[LabelledImage]
    validation: list[LabelledImage]


def read_split(roots: Sequence[str], *, validation_part: float, seed: int) -> Split:
    """Read the pairs of several translate outputs, keeping some scenes for validation.

    All images of a scene fall on the same side, and so do scenes of equal labels, which one seed
    dropped twice: a validation image shows particles that no training image showed.

    Raises
    ------
    InputRefused
        A folder holds no pairs, an image does not fit its labels, or there is only one scene.
    """
    pairs = [pair for root in roots for pair in layout.read_pairs(root)]
    folders = {scene.folder: scene for _, scene, _ in pairs}
    labels = {folder: folders[folder].labels() for folder in sorted(folders)}
    names = {folder: sha256(found.tobytes()).hexdigest() for folder, found in labels.items()}
    scenes = list(dict.fromkeys(names.values()))
    if len(scenes) < 2:
        raise InputRefused(
            ", ".join(roots),
            f"shows {len(scenes)} scene; simulate at least two, one is kept for validation.",
        )
    order = np.random.default_rng([seed, 1]).permutation(len(scenes))
    kept = min(len(scenes) - 1, max(1, round(validation_part * len(scenes))))
    held_out = {scenes[i] for i in order[:kept]}
    loaded = {names[folder]: _labelled_scene(found) for folder, found in labels.items()}
    split = Split([], [])
    seen: set[str] = set()
    for path, found_in, _ in pairs:
        name = names[found_in.folder]
        if name not in held_out:
            split.training.append(_labelled_image(path, loaded[name]))
        elif name not in seen:
            seen.add(name)
            split.validation.append(_labelled_image(path, loaded[name]))
    return split


def _labelled_scene(labels: NDArray[np.uint16]) -> LabelledScene:
    counts = np.bincount(labels.ravel())
    rows, columns = np.indices(labels.shape, dtype=np.float32)
    present = np.flatnonzero(counts[1:]) + 1
    centres = np.column_stack(
        [np.bincount(labels.ravel(), axis.ravel())[present] for axis in (rows, columns)]
    ) / counts[present, None].clip(1)
    distance = np.rint(targets.distance(labels) * 255).astype(np.uint8)
    return LabelledScene(labels, distance, centres.astype(np.float32))


def _labelled_image(path: Path, scene: LabelledScene) -> LabelledImage:
    pixels = layout.read_image(path)
    if pixels.shape != scene.labels.shape:
        raise InputRefused(
            str(path),
            f"is {pixels.shape} px, its labels are {scene.labels.shape}; translate it again.",
        )
    low, high = normalise.grey_range(pixels.astype(np.float32) / 255)
    return LabelledImage(pixels, low, high, scene)


def draw_batch(
    images: Sequence[LabelledImage], *, seed: int, step: int, batch: int, crop_px: int
) -> tuple[Tensor, Tensor]:
    """Draw the crops of one step.

    Chance comes from (seed, step) alone, so a training that resumes at a step draws what the
    uninterrupted one drew.

    Returns
    -------
    inputs : Tensor of shape (batch, 1, crop_px, crop_px), float32
    targets : Tensor of shape (batch, 3, crop_px, crop_px), float32
    """
    rng = np.random.default_rng([seed, 2, step])
    chosen = rng.integers(len(images), size=batch)
    crops = [draw_crop(images[i], rng, crop_px=crop_px) for i in chosen]
    inputs = torch.from_numpy(np.stack([crop[0] for crop in crops])[:, None])
    wanted = torch.from_numpy(np.stack([crop[1] for crop in crops]))
    return inputs, wanted


def draw_crop(
    image: LabelledImage, rng: np.random.Generator, *, crop_px: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Draw one crop: input of shape (crop_px, crop_px), targets of (3, crop_px, crop_px)."""
    scene = image.scene
    centre = rng.uniform(0, scene.labels.shape)
    if len(scene.centres) and rng.random() < _ON_PARTICLE:
        centre = scene.centres[rng.integers(len(scene.centres))]
        centre = centre + rng.uniform(-crop_px / 3, crop_px / 3, 2)
    matrix = augment.crop_matrix(rng, centre=(centre[0], centre[1]), crop_px=crop_px)
    pixels = augment.warp(image.pixels, matrix, crop_px=crop_px, nearest=False)
    labels = augment.warp(scene.labels, matrix, crop_px=crop_px, nearest=True).astype(np.uint16)
    distance = augment.warp(scene.distance, matrix, crop_px=crop_px, nearest=False)
    wanted = np.empty((3, crop_px, crop_px), np.float32)
    wanted[0] = labels > 0
    wanted[1] = targets.contact(labels)
    wanted[2] = distance / np.float32(255) * wanted[0]
    scaled = normalise.to_input(pixels.astype(np.float32) / 255, image.low, image.high)
    return augment.vary_grey(scaled, rng), wanted
