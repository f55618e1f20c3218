"""How long answers took. Times are skewed, so their logarithms are averaged.

A browser adds 10 to 40 ms to each time, and a display one or two frames.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

import numpy as np

from survey.statistics.arrays import Bools, Floats, Ints
from survey.statistics.clustered import Estimate, clustered_mean, t_mean
from survey.statistics.interval import Interval
from survey.statistics.undefined import Figure, Undefined


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Times of one kind of answer."""

    is_artificial: bool
    right: bool
    answers: int
    median_ms: Figure
    geometric_mean_ms: Figure
    interval_ms: Interval | Undefined  # of the geometric mean, clustered by rater


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Four groups, and how much longer wrong answers took than right ones of the same rater."""

    groups: tuple[Group, ...]
    wrong_to_right: Estimate | Undefined  # log ratio over raters; exp() of it is the factor
    left_out: int  # answers without a time above 0


def times(
    response_ms: Floats,
    is_artificial: Bools,
    correct: Bools,
    raters: Ints,
    *,
    level: float = 0.95,
) -> Times:
    """Answers in rows, (n,) each; times in ms, NaN where unknown."""
    timed = response_ms > 0  # false for NaN
    logs = np.log(response_ms[timed])
    truth, right, who = is_artificial[timed], correct[timed], raters[timed]
    return Times(
        groups=tuple(
            _group(logs, who, truth, right, kind, good, level)
            for kind in (True, False)
            for good in (True, False)
        ),
        wrong_to_right=_wrong_to_right(logs, right, who, level),
        left_out=int((~timed).sum()),
    )


def _group(
    logs: Floats, who: Ints, truth: Bools, right: Bools, kind: bool, good: bool, level: float
) -> Group:
    chosen = (truth == kind) & (right == good)
    inside = logs[chosen]
    nothing = Undefined("No answer of this kind has a time.")
    found = clustered_mean(inside, who[chosen], level=level)
    return Group(
        is_artificial=kind,
        right=good,
        answers=int(inside.size),
        median_ms=float(np.exp(np.median(inside))) if inside.size else nothing,
        geometric_mean_ms=float(np.exp(inside.mean())) if inside.size else nothing,
        interval_ms=found
        if isinstance(found, Undefined)
        else Interval(exp(found.interval.low), exp(found.interval.high)),
    )


def _wrong_to_right(logs: Floats, right: Bools, who: Ints, level: float) -> Estimate | Undefined:
    differences = []
    for rater in np.unique(who):
        own = who == rater
        wrong, good = logs[own & ~right], logs[own & right]
        if wrong.size and good.size:
            differences.append(float(wrong.mean() - good.mean()))
    if len(differences) < 2:
        return Undefined("Fewer than two raters have times of both right and wrong answers.")
    return t_mean(differences, level=level)
