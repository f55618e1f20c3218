"""Two images side by side, one real and one artificial of the same content: which is which?

Green & Swets 1966 (d' = sqrt(2) z(PC)); Macmillan & Creelman 2005, eq. 7.2. No lean to an answer
can help here, except one to a side, which shows as a part of "left" off a half.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from survey.statistics.clustered import Estimate, clustered_mean
from survey.statistics.interval import Interval
from survey.statistics.proportions import binomial_p, holm, wilson
from survey.statistics.sentences import pairs_sentence
from survey.statistics.undefined import Figure, Undefined
from survey.statistics.verdict import MARGIN, Finding, verdict_of

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

_z = NormalDist().inv_cdf


@dataclass(frozen=True, slots=True, kw_only=True)
class OneRater:
    """One rater's pairs: exact, because pairs are independent within a rater."""

    right: int
    total: int
    part_right: Figure
    interval: Interval | Undefined  # Wilson
    p_value: Figure  # exact binomial against a half
    p_holm: Figure
    d_prime: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """All raters: the part right with its error over raters and pairs of images at once.

    The verdict is that of single images (`verdict`), about the part of pairs judged rightly: it is
    the area under the ROC curve of the same sensitivity, and guessing gives a half.
    """

    part_right: Estimate | Undefined
    interval90: Interval | Undefined
    margin: tuple[float, float]
    finding: Finding | Undefined
    sentence: str
    p_value: Figure  # t test against a half, clustered both ways
    d_prime: Figure
    d_prime_interval: Interval | Undefined
    raters: tuple[OneRater, ...]


def pairs(correct: ArrayLike, *, margin: tuple[float, float] = MARGIN) -> Pairs:
    """Judge (raters, pairs) answers: 1 right, 0 wrong, NaN missing.

    `margin` : parts right that count as "cannot be told apart". Intervals are of 95 % where their
    name says no other level. Raises ValueError on a margin without 0.5 inside.
    """
    table = np.atleast_2d(np.asarray(correct, np.float64))
    given = ~np.isnan(table)
    rater, pair = np.nonzero(given)
    whole, at90 = (
        clustered_mean(table[given], rater, pair, level=level, clip=(0, 1))
        for level in (0.95, 0.90)
    )
    interval90 = at90 if isinstance(at90, Undefined) else at90.interval
    interval95 = whole if isinstance(whole, Undefined) else whole.interval
    finding = verdict_of(interval95, interval90, margin=margin)
    each = [_one(int(np.nansum(row)), int((~np.isnan(row)).sum())) for row in table]
    adjusted = holm([one.p_value for one in each])
    part: Figure = float(table[given].mean()) if given.any() else Undefined("No pair was judged.")
    return Pairs(
        part_right=whole,
        interval90=interval90,
        margin=margin,
        finding=finding,
        sentence=pairs_sentence(finding, part, interval95, interval90, margin=margin),
        p_value=whole if isinstance(whole, Undefined) else whole.p_value(0.5),
        d_prime=d_prime_of_pairs(part),
        d_prime_interval=whole if isinstance(whole, Undefined) else _transformed(whole.interval),
        raters=tuple(replace(one, p_holm=p) for one, p in zip(each, adjusted, strict=True)),
    )


def d_prime_of_pairs(part_right: Figure) -> Figure:
    """Sensitivity of a part right among pairs; 0 is guessing."""
    if isinstance(part_right, Undefined):
        return part_right
    if not 0 < part_right < 1:
        return Undefined(f"The part right is {part_right:.0f}; its normal quantile is infinite.")
    return float(np.sqrt(2) * _z(part_right))


def _transformed(interval: Interval) -> Interval | Undefined:
    low, high = d_prime_of_pairs(interval.low), d_prime_of_pairs(interval.high)
    if isinstance(low, Undefined) or isinstance(high, Undefined):
        return Undefined("The interval of the part right reaches 0 or 1.")
    return Interval(low, high)


def _one(right: int, total: int) -> OneRater:
    nothing = Undefined("This rater judged no pair.")
    p = binomial_p(right, total)
    # Hautus 1995: half a count to each keeps the sensitivity of an all-right rater finite.
    return OneRater(
        right=right,
        total=total,
        part_right=right / total if total else nothing,
        interval=wilson(right, total),
        p_value=p,
        p_holm=p,
        d_prime=d_prime_of_pairs((right + 0.5) / (total + 1)) if total else nothing,
    )
