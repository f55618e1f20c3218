"""The figures of one image and over all images.

A figure that is not defined is None, never NaN and never a flattering 1: with neither predicted nor
true particles there is nothing to score.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import wasserstein_distance

from pipeline import units
from pipeline.evaluate.matching import AP_THRESHOLDS, match
from pipeline.measure import counted_diameters_px

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What can be added up over images: pixels, pairs and particles."""

    intersection_px: int
    union_px: int
    true_positives: int
    false_positives: int
    false_negatives: int
    iou_sum: float
    true_positives_by_threshold: tuple[int, ...]
    counted_predicted: int
    counted_true: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Scores; each is a fraction from 0 to 1 except the ratio and the distances.

    Attributes
    ----------
    foreground_iou : float or None
        Pixels that are particle in both over those that are in either: equation 1 of Bals and
        Epple 2023, which gives it in per cent. None where neither has particles.
    f1, ap, pq : float or None
        2 TP / (2 TP + FP + FN), TP / (TP + FP + FN), and panoptic quality: the sum of the
        IoU of the matched pairs over TP + FP / 2 + FN / 2 (Kirillov 2019). Pairs match one to
        one above the spec's IoU. None where there are no particles at all.
    mean_ap : float or None
        Mean of ap over the IoU 0.50, 0.55 ... 0.95.
    count_ratio : float or None
        Predicted over true particles, both after the paper's exclusions (touching the border,
        shorter side too short). None without true ones.
    diameter_distance_px, diameter_distance_nm : float or None
        Wasserstein-1 distance of the equivalent diameters of the same particles. None where one
        side has none, or without a pixel size.
    """

    foreground_iou: float | None
    f1: float | None
    ap: float | None
    pq: float | None
    mean_ap: float | None
    count_ratio: float | None
    diameter_distance_px: float | None
    diameter_distance_nm: float | None


FIGURES = tuple(field.name for field in fields(Figures))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ImageScores:
    """What one image gives: its figures, what adds up, and the diameters that count, in px."""

    figures: Figures
    counts: Counts
    diameters_predicted_px: NDArray[np.float64]
    diameters_true_px: NDArray[np.float64]


def score_image(
    predicted: NDArray[np.int32],
    true: NDArray[np.int32],
    *,
    match_iou: float,
    min_side_px: int,
    nm_per_px: float | None,
) -> ImageScores:
    """Compare the predicted and the true labels of one image.

    Parameters
    ----------
    predicted, true : ndarray of shape (H, W), int32
        Instance labels, 0 on the ground.
    match_iou : float
        Pairs above it match; at least 0.5.
    min_side_px : int
        Shorter bounding-box side under which a particle is left out of count and diameters.
    nm_per_px : float or None
        Pixel size.
    """
    matches = match(predicted, true)
    hits = matches.true_positives(match_iou)
    found, there = predicted != 0, true != 0
    diameters = [
        counted_diameters_px(labels, min_side_px=min_side_px) for labels in (predicted, true)
    ]
    counts = Counts(
        intersection_px=int(np.count_nonzero(found & there)),
        union_px=int(np.count_nonzero(found | there)),
        true_positives=hits,
        false_positives=matches.predicted - hits,
        false_negatives=matches.true - hits,
        iou_sum=float(matches.iou[matches.iou > match_iou].sum()),
        true_positives_by_threshold=tuple(matches.true_positives(t) for t in AP_THRESHOLDS),
        counted_predicted=len(diameters[0]),
        counted_true=len(diameters[1]),
    )
    return ImageScores(
        figures=figures_of(counts, *diameters, nm_per_px=nm_per_px),
        counts=counts,
        diameters_predicted_px=diameters[0],
        diameters_true_px=diameters[1],
    )


def pool(images: Sequence[ImageScores], *, nm_per_px: float | None) -> ImageScores:
    """Return the scores of all images taken as one large one: counts added, diameters together."""
    every = [image.counts for image in images]
    totals = {
        field.name: sum(getattr(counts, field.name) for counts in every)
        for field in fields(Counts)
        if field.name != "true_positives_by_threshold"
    }
    by_threshold = np.sum([counts.true_positives_by_threshold for counts in every], axis=0)
    counts = Counts(**totals, true_positives_by_threshold=tuple(int(hits) for hits in by_threshold))
    predicted = np.concatenate([image.diameters_predicted_px for image in images])
    true = np.concatenate([image.diameters_true_px for image in images])
    figures = figures_of(counts, predicted, true, nm_per_px=nm_per_px)
    return ImageScores(
        figures=figures, counts=counts, diameters_predicted_px=predicted, diameters_true_px=true
    )


def means(images: Iterable[Figures]) -> Figures:
    """Return the mean of each figure over the images in which it is defined."""
    listed = list(images)
    averaged: dict[str, float | None] = {}
    for name in FIGURES:
        defined = [value for figures in listed if (value := getattr(figures, name)) is not None]
        averaged[name] = float(np.mean(defined)) if defined else None
    return Figures(**averaged)


def figures_of(
    counts: Counts,
    diameters_predicted_px: NDArray[np.float64],
    diameters_true_px: NDArray[np.float64],
    *,
    nm_per_px: float | None,
) -> Figures:
    """Compute the figures from what adds up."""
    hits = counts.true_positives
    misses = counts.false_positives + counts.false_negatives
    particles = 2 * hits + misses
    by_threshold = [_ratio(t, particles - t) for t in counts.true_positives_by_threshold]
    defined = [ap for ap in by_threshold if ap is not None]
    distance = None
    if len(diameters_predicted_px) and len(diameters_true_px):
        distance = float(wasserstein_distance(diameters_predicted_px, diameters_true_px))
    scaled = distance is not None and nm_per_px is not None
    return Figures(
        foreground_iou=_ratio(counts.intersection_px, counts.union_px),
        f1=_ratio(2 * hits, particles),
        ap=_ratio(hits, hits + misses),
        pq=_ratio(counts.iou_sum, hits + misses / 2),
        mean_ap=float(np.mean(defined)) if defined else None,
        count_ratio=_ratio(counts.counted_predicted, counts.counted_true),
        diameter_distance_px=distance,
        diameter_distance_nm=units.nm_from_px(distance or 0.0, nm_per_px=nm_per_px or 0.0)
        if scaled
        else None,
    )


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None
