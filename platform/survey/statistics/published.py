"""What a published summary lets one say, and what it does not.

A paper reports that its raters called, on average, so many of the artificial images and so many of
the real ones artificial. From the means follow accuracy, sensitivity and lean; no test and no
interval does, because raters and images differ and the means do not tell by how much.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

from survey.statistics.undefined import Figure, Undefined

_z = NormalDist().inv_cdf

NO_INFERENCE = (
    "No p value and no interval can be given, because the answers of the single raters to the "
    "single images were not published: raters differ, images differ, and means do not tell by how "
    "much. A test that takes all answers for independent errs about four times in ten on such data."
)
NO_CLAIM = (
    "That a part of the artificial images was taken for real does not show that raters could not "
    "tell: it may come of a lean to “real”. Nor can it be said how good the best raters were, or "
    "which images gave themselves away."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """Figures of the averaged rates; sentences of what they do and do not say."""

    hit_rate: float
    false_alarm_rate: float
    balanced_accuracy: float
    hype_error: float
    d_prime: Figure
    criterion: Figure
    d_prime_log_linear: float
    criterion_log_linear: float
    can_be_said: tuple[str, ...]
    cannot_be_said: tuple[str, ...]


def reanalyse(
    *,
    n_artificial: int,
    n_real: int,
    readers: int,
    mean_hits: float,
    mean_false_alarms: float,
) -> Published:
    """Take a summary apart. `mean_hits`: artificial images called artificial, per rater.

    `mean_false_alarms`: real images called artificial, per rater. Raises ValueError, with a
    sentence for the form, on numbers that cannot be.
    """
    _check(n_artificial, n_real, readers, mean_hits, mean_false_alarms)
    hits, alarms = mean_hits / n_artificial, mean_false_alarms / n_real
    plain = _sensitivity(hits, alarms)
    # Hautus 1995, on the images of one rater.
    corrected = _sensitivity(
        (mean_hits + 0.5) / (n_artificial + 1), (mean_false_alarms + 0.5) / (n_real + 1)
    )
    if isinstance(corrected[0], Undefined) or isinstance(corrected[1], Undefined):
        raise ValueError("log-linear rates are never 0 or 1")
    accuracy = (hits + 1 - alarms) / 2
    return Published(
        hit_rate=hits,
        false_alarm_rate=alarms,
        balanced_accuracy=accuracy,
        hype_error=1 - accuracy,
        d_prime=plain[0],
        criterion=plain[1],
        d_prime_log_linear=corrected[0],
        criterion_log_linear=corrected[1],
        can_be_said=_can(hits, alarms, accuracy, readers, corrected[0], corrected[1]),
        cannot_be_said=(NO_INFERENCE, NO_CLAIM),
    )


def _sensitivity(hits: float, alarms: float) -> tuple[Figure, Figure]:
    for name, rate in (("hit", hits), ("false-alarm", alarms)):
        if rate in (0, 1):
            why = Undefined(f"The {name} rate is {rate:.0f}; its normal quantile is infinite.")
            return why, why
    return _z(hits) - _z(alarms), -(_z(hits) + _z(alarms)) / 2


def _can(
    hits: float, alarms: float, accuracy: float, readers: int, d_prime: float, criterion: float
) -> tuple[str, ...]:
    which = "above" if accuracy > 0.5 else "below" if accuracy < 0.5 else "at"
    lean = "no answer" if abs(criterion) < 0.05 else "“real”" if criterion > 0 else "“artificial”"
    by = "one rater" if readers == 1 else f"{readers} raters"
    return (
        f"Judged by {by}, {1 - hits:.1%} of the artificial images were taken for real, and "
        f"{alarms:.1%} of the real ones for artificial.",
        f"Counting both kinds alike, {accuracy:.1%} of the judgements were right: {which} the 50 % "
        "of guessing, in these answers.",
        f"Sensitivity (d-prime, log-linear) is {d_prime:.2f}, where 0 is guessing; the lean "
        f"(criterion) is {criterion:+.2f}, towards {lean}.",
        "Where raters differ in their lean, the d-prime of their averaged rates is as a rule "
        "smaller than the average of their own.",
    )


def _check(
    n_artificial: int, n_real: int, readers: int, mean_hits: float, mean_false_alarms: float
) -> None:
    if n_artificial < 1 or n_real < 1:
        raise ValueError("It needs images of both kinds.")
    if readers < 1:
        raise ValueError("It needs a rater.")
    if not 0 <= mean_hits <= n_artificial:
        raise ValueError("A rater cannot call more artificial images artificial than there are.")
    if not 0 <= mean_false_alarms <= n_real:
        raise ValueError("A rater cannot call more real images artificial than there are.")
