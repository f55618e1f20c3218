"""Do answers change in the course of a session?

A line through each rater's answers over the position, one slope for all and a level for each rater
(so that a good rater who saw more images does not make a slope), with errors clustered by rater:
Arellano 1987, Oxf. Bull. Econ. Stat. 49, 431.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from survey.statistics.clustered import Estimate, clustered_mean, codes, estimate
from survey.statistics.undefined import Figure, Undefined

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """The answers at a stretch of positions, for drawing."""

    first: int
    last: int
    answers: int
    mean: Figure
    estimate: Estimate | Undefined  # clustered by rater


def slope(
    values: ArrayLike,
    position: ArrayLike,
    raters: ArrayLike,
    *,
    per: float = 10.0,
    level: float = 0.95,
) -> Estimate | Undefined:
    """Change of the mean of `values` over `per` positions; all (n,), values such as 1 for right.

    Undefined with fewer than two raters who were asked at two positions, or where nothing changes.
    """
    y, x = np.asarray(values, np.float64), np.asarray(position, np.float64)
    who, count = codes(raters)
    if not y.size:
        return Undefined("No answer has a position.")
    each = np.bincount(who, minlength=count)
    y = y - (np.bincount(who, y, count) / each)[who]
    x = x - (np.bincount(who, x, count) / each)[who]
    spread = float((x**2).sum())
    if count < 2 or not spread > 0 or len(np.unique(who[x != 0])) < 2:
        return Undefined("It needs two raters who each judged images at two positions.")
    per_one = float((x * y).sum()) / spread
    sums = np.bincount(who, weights=x * (y - per_one * x), minlength=count)
    variance = count / (count - 1) * float((sums**2).sum()) / spread**2
    return estimate(per_one * per, variance * per**2, count - 1, n=y.size, level=level)


def stretches(
    values: ArrayLike, position: ArrayLike, raters: ArrayLike, *, bins: int = BINS
) -> tuple[Stretch, ...]:
    """Cut the positions (from 1) into `bins` stretches of about equal length."""
    y, x, who = np.asarray(values, np.float64), np.asarray(position), np.asarray(raters)
    if not y.size:
        return ()
    edges = np.unique(np.linspace(x.min(), x.max() + 1, bins + 1).round().astype(int))
    found = []
    for first, after in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        inside = (x >= first) & (x < after)
        found.append(
            Stretch(
                first=first,
                last=after - 1,
                answers=int(inside.sum()),
                mean=float(y[inside].mean()) if inside.any() else Undefined("No answer here."),
                estimate=clustered_mean(y[inside], who[inside], clip=(0, 1)),
            )
        )
    return tuple(found)
