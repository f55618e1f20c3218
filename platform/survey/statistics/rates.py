"""How often artificial and real images were called artificial, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from survey.statistics import sdt
from survey.statistics.arrays import Bools
from survey.statistics.clustered import Estimate, clustered_mean, t_mean
from survey.statistics.sdt import Counts
from survey.statistics.sentences import fooled, pooled
from survey.statistics.tidy import Rows
from survey.statistics.undefined import Figure, Undefined


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A part of the answers, with errors that hold for new raters, new images, and both."""

    value: Figure
    answers: int
    over_raters: Estimate | Undefined
    over_images: Estimate | Undefined
    over_both: Estimate | Undefined


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """All answers together, and the averages of the raters' own sensitivity and lean."""

    counts: Counts
    hit_rate: Rate  # of artificial images, called artificial
    false_alarm_rate: Rate  # of real images, called artificial
    balanced_accuracy: Figure
    hype_error: Figure
    d_prime: Figure  # of the rates above, uncorrected
    criterion: Figure
    d_prime_log_linear: Figure
    criterion_log_linear: Figure
    mean_d_prime: Estimate | Undefined  # over raters, log-linear: these images, new raters
    mean_criterion: Estimate | Undefined
    # The same means by themselves: known where nothing says how far off they may be.
    mean_d_prime_value: Figure
    mean_criterion_value: Figure
    sentences: tuple[str, ...]


def rates_of(rows: Rows, by_rater: tuple[Counts, ...], *, level: float = 0.95) -> Rates:
    """Summarise answers; `by_rater` are each rater's counts."""
    counts = sum(by_rater, Counts())
    own = [(sdt.d_prime(one), sdt.criterion(one)) for one in by_rater]
    return Rates(
        counts=counts,
        hit_rate=_rate(rows, rows.is_artificial, sdt.NO_ARTIFICIAL, level),
        false_alarm_rate=_rate(rows, ~rows.is_artificial, sdt.NO_REAL, level),
        balanced_accuracy=sdt.balanced_accuracy(counts),
        hype_error=sdt.hype_error(counts),
        d_prime=sdt.d_prime(counts, correction="none"),
        criterion=sdt.criterion(counts, correction="none"),
        d_prime_log_linear=sdt.d_prime(counts),
        criterion_log_linear=sdt.criterion(counts),
        mean_d_prime=t_mean([_known(d) for d, _ in own], level=level),
        mean_criterion=t_mean([_known(c) for _, c in own], level=level),
        mean_d_prime_value=_mean([d for d, _ in own]),
        mean_criterion_value=_mean([c for _, c in own]),
        sentences=(fooled(counts), *pooled(counts)),
    )


def _known(value: Figure) -> float:
    return float("nan") if isinstance(value, Undefined) else value


def _mean(values: list[Figure]) -> Figure:
    known = [value for value in values if not isinstance(value, Undefined)]
    return float(np.mean(known)) if known else Undefined("No rater judged images of both kinds.")


def _rate(rows: Rows, chosen: Bools, nothing: Undefined, level: float) -> Rate:
    said = rows.said_artificial[chosen].astype(np.float64)
    rater, image = rows.rater[chosen], rows.image[chosen]
    return Rate(
        value=float(said.mean()) if said.size else nothing,
        answers=int(said.size),
        over_raters=clustered_mean(said, rater, level=level, clip=(0, 1)),
        over_images=clustered_mean(said, image, level=level, clip=(0, 1)),
        over_both=clustered_mean(said, rater, image, level=level, clip=(0, 1)),
    )
