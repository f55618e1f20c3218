"""How well a network does on scenes that it was not trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from pipeline.segment.scales import Options, segment

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

    from pipeline.segment.data import LabelledImage
    from pipeline.segment.model import ParticleNet


@dataclass(frozen=True, slots=True)
class Score:
    """Means over the images."""

    foreground_iou: float
    instance_f1: float


def validate(
    network: ParticleNet,
    images: Sequence[LabelledImage],
    *,
    precision: Literal["bf16", "fp32"],
    device: torch.device,
) -> tuple[Score, list[NDArray[np.int32]]]:
    """Segment held-out images as prediction would; return the score and the labels of each.

    They are what the network learns, so they are looked at in full size.
    """
    options = Options(precision=precision, scale=1.0)
    found = [segment(network, image.inputs(), options, device=device)[0] for image in images]
    pairs = [(labels, image.scene.labels) for labels, image in zip(found, images, strict=True)]
    score = Score(
        foreground_iou=float(np.mean([foreground_iou(*pair) for pair in pairs])),
        instance_f1=float(np.mean([instance_f1(*pair) for pair in pairs])),
    )
    return score, found


def foreground_iou(found: NDArray[Any], truth: NDArray[Any]) -> float:
    """Intersection over union of the two foregrounds; 1 where both are empty."""
    union = int(((found > 0) | (truth > 0)).sum())
    return float(((found > 0) & (truth > 0)).sum() / union) if union else 1.0


def instance_f1(found: NDArray[Any], truth: NDArray[Any]) -> float:
    """F1 of the particles that match with an IoU above 0.5; 1 where both are empty.

    Above 0.5 a particle can match one other only, so nothing has to be assigned.
    """
    columns = int(truth.max()) + 1
    pairs = found.ravel().astype(np.int64) * columns + truth.ravel()
    codes, overlap = np.unique(pairs, return_counts=True)
    area_found, area_truth = np.bincount(found.ravel()), np.bincount(truth.ravel())
    i, j = codes // columns, codes % columns
    matched = (i > 0) & (j > 0) & (overlap / (area_found[i] + area_truth[j] - overlap) > 0.5)
    particles = np.count_nonzero(area_found[1:]) + np.count_nonzero(area_truth[1:])
    return float(2 * matched.sum() / particles) if particles else 1.0
