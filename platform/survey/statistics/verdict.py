"""The verdict: four words, decided by two intervals and a margin that was set beforehand.

The 95 % interval says whether raters discriminate. Only where it does not exclude chance is the
90 % interval asked for equivalence (two one-sided tests at 5 %: Schuirmann 1987, J. Pharmacokinet.
Biopharm. 15, 657). That a difference is not significant is never evidence of equivalence.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from survey.statistics.undefined import Undefined

CHANCE = 0.5
MARGIN = (0.45, 0.55)


class Verdict(enum.StrEnum):
    """What may be concluded of raters of this kind on images of this kind."""

    DISTINGUISHABLE = "distinguishable"
    HYPER_REAL = "hyper-real"  # artificial images are taken for real more often than real ones
    EQUIVALENT = "equivalent"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict; the flag says that a difference is there but smaller than the margin."""

    verdict: Verdict
    by_less_than_margin: bool = False

    def __str__(self) -> str:
        return f"{self.verdict}{', by less than the margin' if self.by_less_than_margin else ''}"


def verdict_of(
    interval95: tuple[float, float] | Undefined,
    interval90: tuple[float, float] | Undefined,
    *,
    margin: tuple[float, float] = MARGIN,
) -> Finding | Undefined:
    """Decide. Intervals are (low, high) of an accuracy whose chance is 0.5, ends included.

    An interval that touches 0.5 does not exclude it; one that touches the margin's end lies inside
    the margin. Undefined where an interval is. Raises ValueError on a margin without 0.5 inside.
    """
    check_margin(margin)
    if isinstance(interval95, Undefined):
        return interval95
    if isinstance(interval90, Undefined):
        return interval90
    inside = margin[0] <= interval90[0] and interval90[1] <= margin[1]
    if interval95[0] > CHANCE:
        return Finding(Verdict.DISTINGUISHABLE, inside)
    if interval95[1] < CHANCE:
        return Finding(Verdict.HYPER_REAL, inside)
    return Finding(Verdict.EQUIVALENT if inside else Verdict.INCONCLUSIVE)


def check_margin(margin: tuple[float, float]) -> None:
    """Refuse a margin that does not hold chance in its inside."""
    if not 0 <= margin[0] < CHANCE < margin[1] <= 1:
        raise ValueError(f"a margin lies about 0.5, such as (0.45, 0.55); this is {margin}")
