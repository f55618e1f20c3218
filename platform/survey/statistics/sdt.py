"""Signal detection: can they tell (d-prime), and which answer do they lean to (criterion)?

"Artificial" is the signal: a hit is an artificial image called artificial, a false alarm a real
image called artificial. Whatever is undefined is an `Undefined` with its reason, never 0 or NaN.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

from survey.statistics.undefined import Figure, Undefined

Correction = Literal["none", "log-linear"]
_z = NormalDist().inv_cdf

NO_ARTIFICIAL = Undefined("No artificial image was judged.")
NO_REAL = Undefined("No real image was judged.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How often which answer fell."""

    hits: int = 0
    misses: int = 0
    false_alarms: int = 0
    correct_rejections: int = 0

    def __post_init__(self) -> None:
        if min(self.hits, self.misses, self.false_alarms, self.correct_rejections) < 0:
            raise ValueError("counts are not negative")

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            hits=self.hits + other.hits,
            misses=self.misses + other.misses,
            false_alarms=self.false_alarms + other.false_alarms,
            correct_rejections=self.correct_rejections + other.correct_rejections,
        )

    @property
    def artificial(self) -> int:
        return self.hits + self.misses

    @property
    def real(self) -> int:
        return self.false_alarms + self.correct_rejections

    @property
    def total(self) -> int:
        return self.artificial + self.real


def count(answers: Iterable[tuple[bool, bool]]) -> Counts:
    """Count pairs (is artificial, was called artificial)."""
    cells = {(True, True): 0, (True, False): 0, (False, True): 0, (False, False): 0}
    for pair in answers:
        cells[pair] += 1
    return Counts(
        hits=cells[True, True],
        misses=cells[True, False],
        false_alarms=cells[False, True],
        correct_rejections=cells[False, False],
    )


def hit_rate(counts: Counts) -> Figure:
    return counts.hits / counts.artificial if counts.artificial else NO_ARTIFICIAL


def false_alarm_rate(counts: Counts) -> Figure:
    return counts.false_alarms / counts.real if counts.real else NO_REAL


def accuracy(counts: Counts) -> Figure:
    if not counts.total:
        return Undefined("No image was judged.")
    return (counts.hits + counts.correct_rejections) / counts.total


def balanced_accuracy(counts: Counts) -> Figure:
    """Mean of the parts right among artificial and among real: chance is 0.5 whatever the mix."""
    hits, alarms = hit_rate(counts), false_alarm_rate(counts)
    if isinstance(hits, Undefined):
        return hits
    return alarms if isinstance(alarms, Undefined) else (hits + 1 - alarms) / 2


def hype_error(counts: Counts) -> Figure:
    """Part wrong among artificial and among real images, averaged: 0.5 is guessing.

    HYPE without a time limit, Zhou et al. 2019 (NeurIPS 32, 3449), for any mix of the two kinds.
    """
    value = balanced_accuracy(counts)
    return value if isinstance(value, Undefined) else 1 - value


def d_prime(counts: Counts, *, correction: Correction = "log-linear") -> Figure:
    """z(H) - z(F): 0 is guessing, 1 about two of three right, above 3 hardly ever wrong."""
    rates = _z_rates(counts, correction)
    return rates if isinstance(rates, Undefined) else rates[0] - rates[1]


def criterion(counts: Counts, *, correction: Correction = "log-linear") -> Figure:
    """-(z(H) + z(F)) / 2: above 0 leans to "real", below 0 to "artificial"."""
    rates = _z_rates(counts, correction)
    return rates if isinstance(rates, Undefined) else -(rates[0] + rates[1]) / 2


def log_linear_rates(counts: Counts) -> tuple[float, float]:
    """Hit and false-alarm rate, half a count to each cell: never 0 or 1 (Hautus 1995)."""
    return (
        (counts.hits + 0.5) / (counts.artificial + 1),
        (counts.false_alarms + 0.5) / (counts.real + 1),
    )


def _z_rates(counts: Counts, correction: Correction) -> tuple[float, float] | Undefined:
    if not counts.artificial:
        return NO_ARTIFICIAL
    if not counts.real:
        return NO_REAL
    if correction == "log-linear":
        hits, alarms = log_linear_rates(counts)
        return _z(hits), _z(alarms)
    hits, alarms = counts.hits / counts.artificial, counts.false_alarms / counts.real
    for name, rate in (("hit", hits), ("false-alarm", alarms)):
        if rate in (0, 1):
            return Undefined(f"The {name} rate is {rate:.0f}; its normal quantile is infinite.")
    return _z(hits), _z(alarms)
