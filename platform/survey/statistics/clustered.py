"""Means of answers that belong together: to one rater, to one image, or to both.

Answers of one rater, or on one image, resemble each other; an interval that takes them for
independent is too narrow. Sandwich variances: Liang & Zeger 1986, Biometrika 73, 13; two ways at
once: Cameron, Gelbach & Miller 2011, J. Bus. Econ. Stat. 29, 238 (eq. 2.10).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtr, stdtrit

from survey.statistics.arrays import Floats, Ints
from survey.statistics.interval import Interval, check_level
from survey.statistics.undefined import Undefined

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

NOTHING = 1e-14  # below it a variance is rounding error


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A mean, a slope or a difference, with the t interval of its clustered error."""

    value: float
    se: float
    df: float
    interval: Interval
    n: int  # values that went in

    def p_value(self, against: float = 0.0) -> float:
        """Two-sided p of the t test against a value."""
        return float(2 * stdtr(self.df, -abs(self.value - against) / self.se))


def estimate(
    value: float,
    variance: float,
    df: float,
    *,
    n: int,
    level: float = 0.95,
    clip: tuple[float, float] | None = None,
) -> Estimate | Undefined:
    """Put a t interval about a value; undefined where the variance is nothing."""
    check_level(level)
    if not variance > NOTHING:
        return Undefined("The values do not vary, so nothing says how far off their mean may be.")
    se = float(np.sqrt(variance))
    half = float(stdtrit(df, (1 + level) / 2)) * se
    interval = Interval(value - half, value + half)
    return Estimate(
        value=value,
        se=se,
        df=df,
        interval=interval.clipped(*clip) if clip else interval,
        n=n,
    )


def codes(labels: ArrayLike) -> tuple[Ints, int]:
    """Number labels 0 ... k - 1; (n,) int64 and k."""
    kinds, numbers = np.unique(np.asarray(labels), return_inverse=True)
    return numbers.astype(np.int64).ravel(), len(kinds)


def clustered_mean(
    values: ArrayLike,
    *clusters: ArrayLike,
    level: float = 0.95,
    clip: tuple[float, float] | None = None,
) -> Estimate | Undefined:
    """Mean of `values` (n,) float with the error of one or two ways of clustering, each (n,).

    With one way and clusters of one size it is the t interval of the clusters' means. Degrees of
    freedom are the smaller number of clusters less one. Undefined without values, with fewer than
    two clusters, or where the values do not vary.
    """
    flat = np.asarray(values, dtype=np.float64)
    if not flat.size:
        return Undefined("There is no value to average.")
    ways = [codes(labels) for labels in clusters]
    fewest = min(count for _, count in ways)
    if fewest < 2:
        return Undefined("Fewer than two clusters: nothing says how much they differ.")
    mean = float(flat.mean())
    variance = cluster_variance(flat - mean, *ways) / flat.size**2
    return estimate(mean, variance, fewest - 1, n=flat.size, level=level, clip=clip)


def cluster_variance(scores: Floats, *ways: tuple[Ints, int]) -> float:
    """Variance of the sum of `scores` (n,), which sum to nothing, by one or two ways."""
    parts = [_one_way(scores, *way) for way in ways]
    if len(parts) == 1:
        return parts[0]
    (first, _), (second, many) = ways
    both = _one_way(scores, *codes(first * many + second))
    # The difference may come out below either part by chance; the larger part is then the safe one.
    return max(parts[0] + parts[1] - both, *parts)


def _one_way(scores: Floats, numbers: Ints, count: int) -> float:
    sums = np.bincount(numbers, weights=scores, minlength=count)
    return float(count / (count - 1) * (sums**2).sum())


def t_mean(
    values: ArrayLike, *, level: float = 0.95, clip: tuple[float, float] | None = None
) -> Estimate | Undefined:
    """Mean of one value a rater, (raters,) float, with the t interval; NaN are left out."""
    flat = np.asarray(values, dtype=np.float64)
    flat = flat[~np.isnan(flat)]
    return clustered_mean(flat, np.arange(flat.size), level=level, clip=clip)
