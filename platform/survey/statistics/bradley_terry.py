"""Strengths of things that were compared in twos: who is taken for real the more often?

Bradley & Terry 1952, Biometrika 39, 324, fitted by choix (Maystre & Grossglauser 2015). Intervals
by resampling raters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import choix
import numpy as np
from scipy.sparse.csgraph import connected_components

from survey.statistics.arrays import Floats
from survey.statistics.interval import Interval, check_level
from survey.statistics.undefined import Undefined

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

LEAST_RESAMPLES = 0.9  # part of them that must have a solution


@dataclass(frozen=True, slots=True, kw_only=True)
class Strengths:
    """Log strengths, the last is 0; one beats another with probability 1 / (1 + exp(b - a))."""

    strengths: tuple[float, ...]
    intervals: tuple[Interval, ...] | Undefined


def strengths(wins: ArrayLike) -> tuple[float, ...] | Undefined:
    """Fit wins (things, things): row beat column so many times; log strengths, the last 0."""
    table = np.asarray(wins, np.float64)
    if len(table) < 2:
        return Undefined("There are not two things to compare.")
    if connected_components(table > 0, connection="strong")[0] > 1:
        return Undefined(
            "Some never lost to, or never won against, the others, so that no finite strengths fit."
        )
    found = choix.ilsr_pairwise_dense(table, alpha=0, max_iter=1000)
    return tuple((found - found[-1]).tolist())


def strengths_with_intervals(
    wins: ArrayLike, *, seed: int = 0, resamples: int = 1000, level: float = 0.95
) -> Strengths | Undefined:
    """Fit wins (raters, things, things); percentile intervals by resampling raters."""
    check_level(level)
    table = np.asarray(wins, np.float64)
    fitted = strengths(table.sum(axis=0))
    if isinstance(fitted, Undefined):
        return fitted
    return Strengths(strengths=fitted, intervals=_bootstrap(table, seed, resamples, level))


def _bootstrap(
    table: Floats, seed: int, resamples: int, level: float
) -> tuple[Interval, ...] | Undefined:
    if len(table) < 2:
        return Undefined("Fewer than two raters: nothing says how much raters differ.")
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(resamples):
        again = strengths(table[rng.integers(len(table), size=len(table))].sum(axis=0))
        if not isinstance(again, Undefined):
            found.append(again)
    if len(found) < LEAST_RESAMPLES * resamples:
        return Undefined("Too many resamples of the raters have no finite strengths.")
    ends = np.quantile(np.array(found), [(1 - level) / 2, (1 + level) / 2], axis=0)
    return tuple(Interval(float(low), float(high)) for low, high in ends.T)
