"""Oracles 1 to 7 and 23: agreement of raters."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from survey.statistics.agreement import (
    Level,
    ac1_chance,
    agreement,
    alpha,
    count_categories,
    fleiss,
)
from survey.statistics.cohen import Cohen, ac1_of, cohen
from survey.statistics.oracle import Check, check
from survey.statistics.reference_tables import (
    FLEISS_1971,
    KRIPPENDORFF_FOUR,
    KRIPPENDORFF_THREE,
    WIKIPEDIA_COUNTS,
)
from survey.statistics.undefined import Figure

FIVE = (1.0, 2.0, 3.0, 4.0, 5.0)
LEVELS: tuple[Level, ...] = ("nominal", "ordinal", "interval", "ratio")


def agreement_checks() -> Iterator[Check]:
    """Recompute published coefficients of agreement."""
    yield check(
        1,
        "Fleiss' kappa, 14 raters, 10 subjects",
        "0.2099",
        lambda: fleiss(WIKIPEDIA_COUNTS),
        source="Wikipedia, Fleiss' kappa",
    )
    yield check(
        2,
        "Fleiss' kappa, 6 psychiatrists, 30 patients",
        "0.4302",
        lambda: agreement(FLEISS_1971, categories=FIVE).fleiss,
        source="Fleiss 1971",
    )
    yield check(
        3,
        "Fleiss' and Randolph's kappa, two subjects",
        "0.161905 0.214286",
        lambda: [fleiss([[7, 1], [3, 5]]), fleiss([[7, 1], [3, 5]], method="randolph")],
        source="statsmodels' tests",
    )
    yield check(
        4,
        "Cohen's kappa, its error and 95 % interval",
        "0.4842 0.1380 0.2137 0.7547",
        lambda: _cohen([[0, 4, 1], [0, 8, 0], [0, 1, 5]]),
        source="SAS, by statsmodels' tests",
    )
    for table, expected in (
        ([[40, 9], [6, 45]], "0.6995 0.7007"),
        ([[80, 10], [5, 5]], "0.3182 0.8080"),
    ):
        yield check(
            5,
            f"Cohen's kappa and AC1 of {table}",
            expected,
            partial(_both, table),
            source="Feinstein & Cicchetti 1990",
        )
    yield check(
        6,
        "Krippendorff's alpha with missing answers: nominal, ordinal, interval, ratio",
        "0.7434 0.8154 0.8491 0.7974",
        lambda: [alpha(KRIPPENDORFF_FOUR, level=level) for level in LEVELS],
        source="Krippendorff 2011",
    )
    yield check(
        6,
        "Gwet's AC1 with missing answers, its raw agreement and its chance agreement",
        "0.7754 0.8182 0.1903",
        _gwet,
        source="Gwet 2014",
    )
    yield check(
        7,
        "Krippendorff's alpha, 3 coders: nominal, interval",
        "0.6914 0.8108",
        lambda: [alpha(KRIPPENDORFF_THREE, level=level) for level in ("nominal", "interval")],
        source="Wikipedia, Krippendorff's alpha",
    )
    yield check(
        23,
        "Answers that are all the same: raw agreement, then Fleiss, alpha, AC1",
        "1 undefined undefined undefined",
        _unanimous,
        source="by definition",
    )


def _cohen(table: list[list[int]]) -> list[float]:
    found = cohen(table)
    if not isinstance(found, Cohen):
        raise ArithmeticError(found.reason)
    return [found.kappa, found.se, found.interval.low, found.interval.high]


def _both(table: list[list[int]]) -> list[Figure]:
    return [_cohen(table)[0], ac1_of(table)]


def _gwet() -> list[Figure]:
    found = agreement(KRIPPENDORFF_FOUR, categories=FIVE)
    table = np.asarray(KRIPPENDORFF_FOUR, dtype=float)
    return [found.ac1, found.raw, ac1_chance(count_categories(table, FIVE))]


def _unanimous() -> list[Figure]:
    found = agreement(np.ones((4, 6)))
    return [found.raw, found.fleiss, found.alpha, found.ac1]
