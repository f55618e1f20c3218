"""Agreement of two series of answers: two raters, or one rater twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtri
from statsmodels.stats.inter_rater import cohens_kappa

from survey.statistics.agreement import UNANIMOUS, ac1
from survey.statistics.interval import Interval, check_level
from survey.statistics.undefined import Figure, Undefined

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohen:
    """Cohen's kappa with its asymptotic error (Fleiss, Cohen & Everitt 1969)."""

    kappa: float
    se: float
    interval: Interval  # normal


def cohen(table: ArrayLike, *, level: float = 0.95) -> Cohen | Undefined:
    """Kappa of a square table of counts, (categories, categories): rows first, columns second."""
    check_level(level)
    counts = np.asarray(table, np.float64)
    if not counts.sum():
        return Undefined("Nothing was judged twice.")
    if ((counts.sum(axis=0) + counts.sum(axis=1)) > 0).sum() < 2:
        return UNANIMOUS
    if min((counts.sum(axis=0) > 0).sum(), (counts.sum(axis=1) > 0).sum()) < 2:
        return Undefined("One of the two gave one answer only; kappa is 0 whatever the other said.")
    found: Any = cohens_kappa(counts)
    kappa, se = float(found.kappa), float(found.std_kappa)
    half = float(ndtri((1 + level) / 2)) * se
    return Cohen(kappa=kappa, se=se, interval=Interval(kappa - half, kappa + half).clipped(-1, 1))


def raw_of(table: ArrayLike) -> Figure:
    """Part of the answers that were the same both times."""
    counts = np.asarray(table, np.float64)
    if not counts.sum():
        return Undefined("Nothing was judged twice.")
    return float(np.trace(counts) / counts.sum())


def ac1_of(table: ArrayLike) -> Figure:
    """Gwet's AC1 of the same table."""
    counts = np.asarray(table)
    kinds = np.eye(counts.shape[0])
    rows = [
        kinds[first] + kinds[second]
        for (first, second), number in np.ndenumerate(counts)
        for _ in range(int(number))
    ]
    return ac1(rows) if rows else Undefined("Nothing was judged twice.")


def cross(first: ArrayLike, second: ArrayLike, *, categories: int = 2) -> np.ndarray[Any, Any]:
    """Count pairs of answers 0 ... categories - 1: (categories, categories) float64."""
    table = np.zeros((categories, categories))
    np.add.at(table, (np.asarray(first, np.int64), np.asarray(second, np.int64)), 1)
    return table
