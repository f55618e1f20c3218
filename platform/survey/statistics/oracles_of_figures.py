"""Oracles 8 to 16, 20 and 21: parts, sensitivity, equivalence, curves, relabelling, pairs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import numpy as np

from survey.statistics import sdt
from survey.statistics.bradley_terry import strengths
from survey.statistics.oracle import Check, check
from survey.statistics.permutation import Permutation, permuted
from survey.statistics.proportions import binomial_p, clopper_pearson, fisher_p, wilson
from survey.statistics.published import reanalyse
from survey.statistics.reference_tables import (
    BASEBALL_WINS,
    HANLEY_MCNEIL_ABNORMAL,
    HANLEY_MCNEIL_NORMAL,
)
from survey.statistics.roc import auc, delong_se, hanley_mcneil_se
from survey.statistics.sdt import Correction, Counts
from survey.statistics.tost import reject_counts, tost_p, tost_power
from survey.statistics.undefined import Figure

PARTS = ((81, 263), (15, 148), (0, 20), (1, 29))


def figure_checks() -> Iterator[Check]:
    """Recompute published figures of one rater or one table."""
    return chain(_parts(), _sensitivity(), _equivalence(), _curves(), _others())


def _parts() -> Iterator[Check]:
    yield check(
        8,
        "Wilson intervals of 81/263, 15/148, 0/20, 1/29",
        "0.2553 0.3662 0.0624 0.1605 0.0000 0.1611 0.0061 0.1718",
        lambda: [wilson(*part) for part in PARTS],
        source="Newcombe 1998",
    )
    yield check(
        8,
        "Clopper-Pearson intervals of the same",
        "0.2527 0.3676 0.0578 0.1617 0.0000 0.1684 0.0009 0.1776",
        lambda: [clopper_pearson(*part) for part in PARTS],
        source="Newcombe 1998",
    )
    yield check(
        13,
        "Exact binomial p of 18/28: two-sided, greater",
        "0.184933 0.092467",
        lambda: [binomial_p(18, 28), binomial_p(18, 28, alternative="greater")],
        source="exact",
    )


def _sensitivity() -> Iterator[Check]:
    yield check(
        9,
        "d' and c of hits 20/25, false alarms 10/25",
        "1.094968 -0.294137",
        lambda: _sdt(20, 25, 10, 25, "none"),
        source="Macmillan & Creelman",
    )
    yield check(
        10,
        "Log-linear hit and false-alarm rate, d' and c of 82/100, 46/100",
        "0.816832 0.460396 1.002793 -0.401960",
        lambda: [
            *sdt.log_linear_rates(_counts(82, 100, 46, 100)),
            *_sdt(82, 100, 46, 100, "log-linear"),
        ],
        source="statpsych",
    )
    yield check(
        11,
        "The paper's means, 8/16 and 2/12: d', c, the same log-linear, Fisher's p",
        "0.967422 0.483711 0.869424 0.434712 0.114395",
        _paper,
        source="derived",
    )
    yield check(
        12,
        "Log-linear d' of 16/16, 0/12",
        "3.658335",
        lambda: _sdt(16, 16, 0, 12, "log-linear")[0],
        source="derived",
    )


def _equivalence() -> Iterator[Check]:
    yield check(
        14,
        "Equivalence of 500 answers to (.5, .7): smallest and largest count",
        "269 332",
        lambda: reject_counts(500, low=0.5, high=0.7),
        source="PASS, by statsmodels' tests",
    )
    yield check(
        14,
        "Its power at .60, .61, .62, .63, .64",
        "0.9965 0.9940 0.9815 0.9482 0.8783",
        lambda: tost_power(500, [0.60, 0.61, 0.62, 0.63, 0.64], low=0.5, high=0.7),
        source="PASS, by statsmodels' tests",
    )
    yield check(
        15,
        "Equivalence p of 280/560 to [.45, .55]",
        "0.0098726",
        lambda: tost_p(280, 560, low=0.45, high=0.55),
        source="derived",
    )


def _curves() -> Iterator[Check]:
    rated = (*HANLEY_MCNEIL_ABNORMAL, *HANLEY_MCNEIL_NORMAL)
    scores = np.repeat([1.0, 2, 3, 4, 5] * 2, rated)
    truth = np.arange(sum(rated)) < sum(HANLEY_MCNEIL_ABNORMAL)
    yield check(
        16,
        "AUC of 51 + 58 rated images, its error by Hanley-McNeil and by DeLong",
        "0.893171 0.032487 0.030724",
        lambda: [
            auc(scores, truth),
            hanley_mcneil_se(0.893171, 51, 58),
            delong_se(scores, truth),
        ],
        source="Hanley & McNeil 1982",
    )


def _others() -> Iterator[Check]:
    yield check(
        20,
        "Exact relabelling of {.9, .8, .6} and {.2, .4, .1}",
        "0.1000000000",
        _relabelled,
        source="derived",
    )
    yield check(
        21,
        "Bradley-Terry strengths of seven baseball teams",
        "1.5814 1.4364 1.2945 1.2476 1.1077 0.6839 0",
        lambda: strengths(BASEBALL_WINS),
        source="Agresti",
    )


def _sdt(
    hits: int, artificial: int, alarms: int, real: int, correction: Correction
) -> list[Figure]:
    counts = _counts(hits, artificial, alarms, real)
    return [
        sdt.d_prime(counts, correction=correction),
        sdt.criterion(counts, correction=correction),
    ]


def _counts(hits: int, artificial: int, alarms: int, real: int) -> Counts:
    return Counts(
        hits=hits,
        misses=artificial - hits,
        false_alarms=alarms,
        correct_rejections=real - alarms,
    )


def _paper() -> list[Figure]:
    found = reanalyse(n_artificial=16, n_real=12, readers=20, mean_hits=8, mean_false_alarms=2)
    return [
        found.d_prime,
        found.criterion,
        found.d_prime_log_linear,
        found.criterion_log_linear,
        fisher_p(8, 16, 2, 12),
    ]


def _relabelled() -> float:
    found = permuted(np.array([0.9, 0.8, 0.6]), np.array([0.2, 0.4, 0.1]))
    if not isinstance(found, Permutation):
        raise ArithmeticError(found.reason)
    return found.p_value
