"""Equivalence of one part to a half, by two one-sided exact binomial tests.

For independent answers only: one rater on many images. Over raters the verdict's 90 % interval
does this job. Schuirmann 1987, J. Pharmacokinet. Biopharm. 15, 657; checked on PASS (NCSS).
"""

from __future__ import annotations

from collections.abc import Sequence

from statsmodels.stats.proportion import binom_tost, binom_tost_reject_interval, power_binom_tost

from survey.statistics.undefined import Figure, Undefined


def tost_p(successes: int, total: int, *, low: float, high: float) -> Figure:
    """Larger of the two one-sided p: below 0.05 the part lies between `low` and `high`."""
    _check(low, high)
    if not 0 <= successes <= total:
        raise ValueError(f"{successes} of {total} is not a part of a whole")
    if not total:
        return Undefined("Nothing was counted.")
    return float(binom_tost(successes, total, low, high)[0])


def reject_counts(
    total: int, *, low: float, high: float, alpha: float = 0.05
) -> tuple[int, int] | Undefined:
    """Smallest and largest count of `total` that show equivalence."""
    _check(low, high)
    first, last = binom_tost_reject_interval(low, high, total, alpha=alpha)
    if not first <= last:
        return Undefined(f"No count of {total} could show that the part lies in this margin.")
    return int(first), int(last)


def tost_power(
    total: int, parts: Sequence[float], *, low: float, high: float, alpha: float = 0.05
) -> tuple[float, ...]:
    """Probability of showing equivalence where the part truly is each of `parts`."""
    _check(low, high)
    power = power_binom_tost(low, high, total, p_alt=list(parts), alpha=alpha)
    return tuple(max(float(value), 0.0) for value in power)


def _check(low: float, high: float) -> None:
    if not 0 <= low < high <= 1:
        raise ValueError(f"a margin lies between 0 and 1, lower end first; this is {low}, {high}")
