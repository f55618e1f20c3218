"""Would a rater say the same of the same image again? Repeats never enter the primary analysis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from survey.statistics.clustered import Estimate, clustered_mean
from survey.statistics.cohen import Cohen, ac1_of, cohen, cross, raw_of
from survey.statistics.undefined import Figure, Undefined

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True, kw_only=True)
class Retest:
    """Agreement of first and second answers, pooled over raters."""

    pairs: int
    raters: int
    raw: Figure  # part of the pairs that are the same
    raw_estimate: Estimate | Undefined  # with its error, clustered by rater
    kappa: Cohen | Undefined  # its error takes pairs for independent: descriptive
    ac1: Figure


def retest(
    first: ArrayLike, second: ArrayLike, raters: ArrayLike, *, level: float = 0.95
) -> Retest:
    """Compare answers 0 or 1, (n,) each, NaN left out; raters (n,) any labels."""
    before, after = np.asarray(first, np.float64), np.asarray(second, np.float64)
    given = ~(np.isnan(before) | np.isnan(after))
    before, after, who = before[given], after[given], np.asarray(raters)[given]
    table = cross(before, after)
    return Retest(
        pairs=int(given.sum()),
        raters=len(np.unique(who)),
        raw=raw_of(table),
        raw_estimate=clustered_mean(before == after, who, level=level, clip=(0, 1)),
        kappa=cohen(table, level=level),
        ac1=ac1_of(table),
    )
