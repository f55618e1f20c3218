"""Each rater's own figures. Tests are exact and adjusted for the number of raters."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from survey.statistics import sdt
from survey.statistics.arrays import Floats
from survey.statistics.interval import Interval
from survey.statistics.proportions import binomial_p, fisher_p, holm, wilson
from survey.statistics.roc import Roc, roc
from survey.statistics.sdt import Counts
from survey.statistics.tidy import Rows, Table
from survey.statistics.undefined import Figure, Undefined

NO_TIME = Undefined("No answer of this rater has a time.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RaterFigures:
    """One rater: how well, which way, how sure, how fast."""

    rater: str
    counts: Counts
    hit_rate: Figure
    false_alarm_rate: Figure
    balanced_accuracy: Figure
    accuracy_interval: Interval | Undefined  # Wilson, of the part right among all
    d_prime: Figure  # log-linear
    criterion: Figure
    curve: Roc | Undefined  # of six steps of confidence
    median_ms: Figure
    binomial_p: Figure  # part right against a half; chance only where both kinds are as many
    binomial_p_holm: Figure
    fisher_p: Figure  # does the answer depend on what the image is?
    fisher_p_holm: Figure
    always: str  # "real" or "artificial" where the rater gave one answer to all


def raters_of(table: Table, rows: Rows) -> tuple[RaterFigures, ...]:
    """Figures of each rater of the table, in its order; `rows` gives times."""
    order = np.argsort(rows.rater, kind="stable")
    cuts = np.searchsorted(rows.rater[order], np.arange(1, len(table.raters)))
    times = np.split(rows.response_ms[order], cuts)
    found = [_one(table, number, times[number]) for number in range(len(table.raters))]
    binomial = holm([one.binomial_p for one in found])
    fisher = holm([one.fisher_p for one in found])
    return tuple(
        replace(one, binomial_p_holm=p, fisher_p_holm=q)
        for one, p, q in zip(found, binomial, fisher, strict=True)
    )


def counts_of(table: Table) -> tuple[Counts, ...]:
    """Counts of each rater of the table."""
    said, not_said = table.decisions == 1, table.decisions == 0
    cells = (
        said[:, table.truth].sum(axis=1),
        not_said[:, table.truth].sum(axis=1),
        said[:, ~table.truth].sum(axis=1),
        not_said[:, ~table.truth].sum(axis=1),
    )
    return tuple(
        Counts(hits=h, misses=m, false_alarms=f, correct_rejections=c)
        for h, m, f, c in zip(*(cell.tolist() for cell in cells), strict=True)
    )


def _one(table: Table, number: int, times_ms: Floats) -> RaterFigures:
    said, is_artificial = table.decisions[number], table.truth
    counts = Counts(
        hits=int((said[is_artificial] == 1).sum()),
        misses=int((said[is_artificial] == 0).sum()),
        false_alarms=int((said[~is_artificial] == 1).sum()),
        correct_rejections=int((said[~is_artificial] == 0).sum()),
    )
    right = counts.hits + counts.correct_rejections
    binomial = binomial_p(right, counts.total)
    fisher = fisher_p(counts.hits, counts.artificial, counts.false_alarms, counts.real)
    timed = times_ms[times_ms > 0]
    given = said[~np.isnan(said)]
    return RaterFigures(
        rater=table.raters[number],
        counts=counts,
        hit_rate=sdt.hit_rate(counts),
        false_alarm_rate=sdt.false_alarm_rate(counts),
        balanced_accuracy=sdt.balanced_accuracy(counts),
        accuracy_interval=wilson(right, counts.total),
        d_prime=sdt.d_prime(counts),
        criterion=sdt.criterion(counts),
        curve=roc(table.grades[number], is_artificial),
        median_ms=float(np.median(timed)) if timed.size else NO_TIME,
        binomial_p=binomial,
        binomial_p_holm=binomial,
        fisher_p=fisher,
        fisher_p_holm=fisher,
        always=("artificial" if given[0] else "real") if given.size and np.ptp(given) == 0 else "",
    )
