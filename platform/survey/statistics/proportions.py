"""Parts of a whole whose answers are independent: within one rater, or on one image, never pooled.

Wilson 1927, J. Am. Stat. Assoc. 22, 209; Clopper & Pearson 1934, Biometrika 26, 404; compared in
Newcombe 1998, Stat. Med. 17, 857. Holm 1979, Scand. J. Stat. 6, 65.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from scipy.stats import binomtest, fisher_exact
from statsmodels.stats.proportion import proportion_confint

from survey.statistics.interval import Interval, check_level
from survey.statistics.undefined import Figure, Undefined

NOTHING_COUNTED = Undefined("Nothing was counted.")


def wilson(successes: int, total: int, *, level: float = 0.95) -> Interval | Undefined:
    """Score interval without continuity correction: close to its level on average."""
    return _interval(successes, total, level, "wilson")


def clopper_pearson(successes: int, total: int, *, level: float = 0.95) -> Interval | Undefined:
    """Exact interval: never below its level, mostly above."""
    return _interval(successes, total, level, "beta")


def binomial_p(
    successes: int,
    total: int,
    *,
    chance: float = 0.5,
    alternative: Literal["two-sided", "greater", "less"] = "two-sided",
) -> Figure:
    """Exact binomial p against `chance`."""
    _check(successes, total)
    if not total:
        return NOTHING_COUNTED
    return float(binomtest(successes, total, chance, alternative=alternative).pvalue)


def fisher_p(hits: int, artificial: int, false_alarms: int, real: int) -> Figure:
    """Fisher's exact two-sided p that one rater's answer does not depend on what the image is."""
    _check(hits, artificial)
    _check(false_alarms, real)
    if not artificial:
        return Undefined("No artificial image was judged.")
    if not real:
        return Undefined("No real image was judged.")
    table = np.array([[hits, artificial - hits], [false_alarms, real - false_alarms]])
    return float(fisher_exact(table).pvalue)


def holm(p_values: Sequence[Figure]) -> tuple[Figure, ...]:
    """Adjust for as many tests as were made; what is undefined stays and is not counted."""
    # statsmodels' multipletests collects all garbage at each call, a third of a second in a server.
    known = np.array([p for p in p_values if not isinstance(p, Undefined)], dtype=np.float64)
    order = np.argsort(known, kind="stable")
    steps = known[order] * np.arange(len(known), 0, -1)
    adjusted = np.empty_like(known)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1) if len(known) else steps
    found = iter(adjusted.tolist())
    return tuple(p if isinstance(p, Undefined) else next(found) for p in p_values)


def _interval(successes: int, total: int, level: float, method: str) -> Interval | Undefined:
    check_level(level)
    _check(successes, total)
    if not total:
        return NOTHING_COUNTED
    low, high = proportion_confint(successes, total, alpha=1 - level, method=method)
    return Interval(float(low), float(high)).clipped()


def _check(successes: int, total: int) -> None:
    if not 0 <= successes <= total:
        raise ValueError(f"{successes} of {total} is not a part of a whole")
