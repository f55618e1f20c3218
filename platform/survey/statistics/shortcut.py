"""The shortcut audit: how well trivial figures alone tell real from artificial images.

Each figure by itself: the area under its ROC curve, with DeLong's interval. All together: a linear
discriminant, each image scored by the discriminant of all others, so that nothing is learnt of the
image that is asked. 0.5 is chance; near 1 a program needs not look at what an image shows, and
raters may learn to do the same.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST = 5  # images of a kind; with fewer nothing can be said
CONFIDENCE = 0.95
# Scores of a cross-validation hang together by the discriminants that they share: simulated without
# any difference their area varies up to 1.8 times as much as DeLong says.
SHARED = 2.0
_FLOOR = 1e-9  # of a figure's variance: what is constant within a kind may still be told apart by


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """An area under a ROC curve: above 0.5 artificial images have more of it."""

    auc: float
    low: float
    high: float

    @property
    def strength(self) -> float:
        """The area whichever way it points: 0.5 to 1."""
        return max(self.auc, 1 - self.auc)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What the figures tell; `certain` holds those whose difference is no chance finding.

    A figure is certain where its interval leaves 0.5 out even though so many were looked at
    (Bonferroni): of thirteen figures of a few images one always differs a little.
    """

    real: int
    artificial: int
    figures: Mapping[str, Area]
    certain: frozenset[str]
    combined: Area


def audit(
    *, artificial: Mapping[str, Sequence[float]], real: Mapping[str, Sequence[float]]
) -> Audit | None:
    """Audit two groups of images by figures of the same names; None with fewer than `LEAST`."""
    names = list(artificial)
    first = np.array([artificial[name] for name in names], dtype=np.float64).T  # (images, figures)
    second = np.array([real[name] for name in names], dtype=np.float64).T
    if not names or min(len(first), len(second)) < LEAST:
        return None
    strict = 1 - (1 - CONFIDENCE) / len(names)
    figures, certain = {}, set()
    for column, name in enumerate(names):
        figures[name] = area(first[:, column], second[:, column])
        if _is_certain(first[:, column], second[:, column], confidence=strict):
            certain.add(name)
    return Audit(
        real=len(second),
        artificial=len(first),
        figures=figures,
        certain=frozenset(certain),
        combined=area(*leave_one_out_scores(first, second), inflation=SHARED),
    )


def _is_certain(
    positive: NDArray[np.float64], negative: NDArray[np.float64], *, confidence: float
) -> bool:
    found = area(positive, negative, confidence=confidence)
    if found.strength == 1:  # of all orders of the images two are like that
        chance = 2 / math.comb(len(positive) + len(negative), len(positive))
        return chance <= 1 - confidence
    return not found.low <= 0.5 <= found.high


def area(
    positive: NDArray[np.float64],
    negative: NDArray[np.float64],
    *,
    confidence: float = CONFIDENCE,
    inflation: float = 1.0,
) -> Area:
    """Area under the ROC curve with its interval, ties half.

    The variance is DeLong, DeLong and Clarke-Pearson's (1988), times `inflation`, the interval on
    the logit scale. Where all pairs agree the variance is 0; the bound is then that of so many
    agreeing images of the smaller group (Clopper and Pearson).
    """
    wins = (positive[:, None] > negative) + 0.5 * (positive[:, None] == negative)
    auc = float(wins.mean())
    left = (1 - confidence) / 2
    variance = inflation * float(
        wins.mean(axis=1).var(ddof=1) / len(positive)
        + wins.mean(axis=0).var(ddof=1) / len(negative)
    )
    if auc in (0.0, 1.0):
        bound = left ** (1 / min(len(positive), len(negative)))
        return Area(auc=auc, low=bound if auc else 0.0, high=1.0 if auc else 1 - bound)
    logit = np.log(auc / (1 - auc))
    reach = NormalDist().inv_cdf(1 - left) * np.sqrt(variance) / (auc * (1 - auc))
    low, high = 1 / (1 + np.exp(-(logit - reach))), 1 / (1 + np.exp(-(logit + reach)))
    return Area(auc=auc, low=float(low), high=float(high))


def leave_one_out_scores(
    artificial: NDArray[np.float64], real: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Score each image by the discriminant of all others; (images,) for either group.

    Taking image i out of its group moves the group's mean by -(x_i - m)/(n - 1) and its scatter by
    -n/(n - 1) (x_i - m)(x_i - m)', so no fold is fitted anew, and each is exactly what fitting it
    anew gives. The pooled covariance is shrunk towards its own diagonal, which is the same as to
    standardise every figure by the fold's own spread and add a ridge.
    """
    means = artificial.mean(axis=0), real.mean(axis=0)
    scatter = _scatter(artificial) + _scatter(real)
    spread = np.concatenate([artificial, real]).var(axis=0)
    return (
        _scores_of(artificial, means[0], means[1], scatter, len(real), spread, sign=1),
        _scores_of(real, means[1], means[0], scatter, len(artificial), spread, sign=-1),
    )


def _scatter(group: NDArray[np.float64]) -> NDArray[np.float64]:
    away = group - group.mean(axis=0)
    return np.asarray(away.T @ away, dtype=np.float64)


def _scores_of(
    group: NDArray[np.float64],
    mean: NDArray[np.float64],
    other_mean: NDArray[np.float64],
    scatter: NDArray[np.float64],
    others: int,
    spread: NDArray[np.float64],
    *,
    sign: int,
) -> NDArray[np.float64]:
    count, figures = group.shape
    away = group - mean  # (images, figures)
    own_means = mean - away / (count - 1)
    without = scatter - count / (count - 1) * away[:, :, None] * away[:, None, :]  # (n, p, p)
    covariance = without / (count + others - 3)
    diagonal = np.einsum("npp->np", covariance).clip(min=_FLOOR * spread + np.finfo(float).tiny)
    shrinkage = figures / (figures + count + others - 1)
    covariance = (1 - shrinkage) * covariance
    index = np.arange(figures)
    covariance[:, index, index] = diagonal
    towards = sign * (own_means - other_mean)
    weights = np.linalg.solve(covariance, towards[:, :, None])[:, :, 0]
    middle = (own_means + other_mean) / 2
    return np.asarray(np.einsum("np,np->n", group - middle, weights), dtype=np.float64)
