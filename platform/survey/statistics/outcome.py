"""The primary result of a set of answers: accuracy, intervals, verdict and its sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from survey.statistics.arrays import Floats
from survey.statistics.bootstrap import Bootstrap, double_bootstrap
from survey.statistics.interval import Interval
from survey.statistics.primary import NOTHING, Primary, obuchowski_rockette
from survey.statistics.sentences import verdict_sentence
from survey.statistics.tidy import Table
from survey.statistics.undefined import Figure, Undefined
from survey.statistics.verdict import Finding, verdict_of

CROSSED, INCOMPLETE, NONE = "Obuchowski-Rockette", "double bootstrap", "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What is concluded, by which method, and why not where it is not."""

    accuracy: Figure  # balanced accuracy averaged over raters
    interval95: Interval | Undefined
    interval90: Interval | Undefined
    finding: Finding | Undefined
    sentence: str
    method: str
    method_note: str
    details: Primary | Bootstrap | Undefined
    margin: tuple[float, float]
    one_kind_only: tuple[str, ...] = ()  # raters who have no balanced accuracy, so do not enter


def outcome_of(
    table: Table,
    *,
    margin: tuple[float, float],
    seed: int = 0,
    stop: Callable[[], bool] = lambda: False,
) -> Outcome:
    """Judge a table: Obuchowski-Rockette where it is fully crossed, else the double bootstrap.

    `seed` is that of the bootstrap; `stop` is asked in it, and then `Stopped` is raised.
    """
    if table.answers and not table.crossed:
        return _incomplete(table, margin, seed, stop)
    found = obuchowski_rockette(table.decisions, table.truth) if table.answers else NO_ANSWER
    if isinstance(found, Undefined):
        return concluded(mean_accuracy(table), found, found, found, NONE, found.reason, margin)
    who = "Both" if found.readers == 2 else f"All {found.readers}"
    note = f"{who} raters judged all {found.n_artificial + found.n_real} images."
    return concluded(
        found.accuracy, found.interval(0.95), found.interval(0.90), found, CROSSED, note, margin
    )


def _incomplete(
    table: Table, margin: tuple[float, float], seed: int, stop: Callable[[], bool]
) -> Outcome:
    missing = table.decisions.size - table.answers
    note = (
        f"{missing} of {table.decisions.size} answers are missing, so that Obuchowski-Rockette, "
        "which needs every rater on every image, is not used."
    )
    found = resampled(table.decisions, table, seed=seed, stop=stop)
    if isinstance(found, Undefined):
        told = f"{note} {found.reason}"
        outcome = concluded(mean_accuracy(table), found, found, found, NONE, told, margin)
    else:
        outcome = concluded(
            found.accuracy, found.interval95, found.interval90, found, INCOMPLETE, note, margin
        )
    dropped = one_kind_only(table)
    if not dropped:
        return outcome
    told = f"{outcome.method_note} {one_kind_sentence(len(dropped))}"
    return replace(outcome, method_note=told, one_kind_only=dropped)


def resampled(
    scores: Floats, table: Table, *, seed: int, stop: Callable[[], bool]
) -> Bootstrap | Undefined:
    """Draw raters and images of a table again; `scores` are its decisions or its grades."""
    labels = table.labels
    # An arm of one image cannot be drawn again by itself.
    stratified = min(labels.count(name) for name in set(labels)) > 1
    found = double_bootstrap(
        scores, table.truth, labels if stratified else None, seed=seed, stop=stop
    )
    if not isinstance(found, Undefined) and not found.se**2 > NOTHING:
        return Undefined("The accuracy varies neither over raters nor over images.")
    return found


NO_ANSWER = Undefined("There is no answer.")


def concluded(
    accuracy: Figure,
    interval95: Interval | Undefined,
    interval90: Interval | Undefined,
    details: Primary | Bootstrap | Undefined,
    method: str,
    note: str,
    margin: tuple[float, float],
) -> Outcome:
    """Put the verdict and its sentence to two intervals."""
    finding = verdict_of(interval95, interval90, margin=margin)
    return Outcome(
        accuracy=accuracy,
        interval95=interval95,
        interval90=interval90,
        finding=finding,
        sentence=verdict_sentence(finding, accuracy, interval95, interval90, margin=margin),
        method=method,
        method_note=note,
        details=details,
        margin=margin,
    )


def one_kind_only(table: Table) -> tuple[str, ...]:
    """Name the raters who judged no real image, or no artificial one."""
    answered = ~np.isnan(table.decisions)
    both = answered[:, table.truth].any(axis=1) & answered[:, ~table.truth].any(axis=1)
    return tuple(rater for rater, has in zip(table.raters, both, strict=True) if not has)


def one_kind_sentence(count: int) -> str:
    """Say that raters have no balanced accuracy, and so no part in the average of it."""
    if count == 1:
        return "1 rater judged images of one kind only and does not enter this result."
    return f"{count} raters judged images of one kind only and do not enter this result."


def mean_accuracy(table: Table) -> Figure:
    """Balanced accuracy averaged over the raters who judged images of both kinds."""
    parts = []
    for row in table.decisions:
        artificial, real = row[table.truth], row[~table.truth]
        artificial, real = artificial[~np.isnan(artificial)], real[~np.isnan(real)]
        if artificial.size and real.size:
            parts.append((artificial.mean() + 1 - real.mean()) / 2)
    if not parts:
        return Undefined("No rater judged images of both kinds.")
    return float(np.mean(parts))
