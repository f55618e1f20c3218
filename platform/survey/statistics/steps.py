"""The secondary figures of an analysis, each a step with its name and its words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from survey.statistics.agreement import agreement_by_truth
from survey.statistics.arms import Arms, compare_arms
from survey.statistics.by_image import images_of
from survey.statistics.by_rater import RaterFigures, counts_of, raters_of
from survey.statistics.confidence import Confidence, confidence_figures
from survey.statistics.course import Course, course_of
from survey.statistics.familiar import could_know, without_seen
from survey.statistics.groups import expertise_groups, familiarity_groups
from survey.statistics.marks import Marked, marked_answers
from survey.statistics.mixed_model import MixedModel, fit_matrix
from survey.statistics.outcome import NO_ANSWER, Outcome, outcome_of
from survey.statistics.permutation import image_permutation
from survey.statistics.rates import Rates, rates_of
from survey.statistics.reasons import Reasons, reasons_of
from survey.statistics.retest import Retest, retest
from survey.statistics.tidy import ARTIFICIAL, Rows, Table, answered, rows_of, table_of
from survey.statistics.times import times
from survey.statistics.undefined import Undefined

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What the steps share."""

    frame: pd.DataFrame  # all rows, exclusions marked
    kept: pd.DataFrame  # the answers that count
    table: Table
    rows: Rows
    margin: tuple[float, float]
    seed: int
    resamples: int
    mixed_model: bool
    should_stop: Callable[[], bool]

    def outcome(self, table: Table, margin: tuple[float, float]) -> Outcome:
        """Conclude from a table by the method that its design allows."""
        return outcome_of(table, margin=margin, seed=self.seed, stop=self.should_stop)


def _confidence(work: Work) -> Confidence:
    return confidence_figures(work.table, work.rows, seed=work.seed, stop=work.should_stop)


def _rates(work: Work) -> Rates:
    return rates_of(work.rows, counts_of(work.table))


def _raters_left_out(work: Work) -> tuple[RaterFigures, ...]:
    """Raters of whom no answer counts: to be drawn beside the others, never to be averaged."""
    everybody = answered(work.frame, everybody=True)
    out = everybody[~everybody["rater"].isin(work.table.raters)]
    return raters_of(table_of(out), rows_of(out)) if len(out) else ()


def _retest(work: Work) -> dict[str, Retest]:
    """Repeats against first answers, on all images and by truth."""
    again = work.frame[
        (work.frame["kind"] == "repeat") & work.frame["decision"].notna() & ~work.frame["excluded"]
    ].drop_duplicates(["rater", "image"])
    both = again.merge(work.kept[["rater", "image", "decision"]], on=["rater", "image"])
    first, second = (
        (both[name] == ARTIFICIAL).to_numpy(float) for name in ("decision_y", "decision_x")
    )
    who, truth = both["rater"].to_numpy(str), (both["truth"] == ARTIFICIAL).to_numpy(bool)
    return {
        name: retest(first[chosen], second[chosen], who[chosen])
        for name, chosen in (
            ("all", np.ones(len(both), bool)),
            ("artificial", truth),
            ("real", ~truth),
        )
    }


def _reasons(work: Work) -> Reasons | Undefined:
    return reasons_of(work.kept["reason"], work.rows.is_artificial, work.rows.correct)


def _regions(work: Work) -> tuple[Marked, ...] | Undefined:
    return marked_answers(work.kept["regions"], work.rows.is_artificial, work.rows.correct)


def _course(work: Work) -> Course:
    return course_of(work.rows)


def _arms(work: Work) -> Arms | Undefined:
    return compare_arms(work.table.decisions, work.table.labels)


def _verdicts(work: Work) -> dict[str, Outcome]:
    """Each generator against the real images, concluded as the primary result is."""
    labels = sorted(set(work.table.labels) - {""})
    return {label: work.outcome(work.table.against_real(label), work.margin) for label in labels}


def _mixed_model(work: Work) -> MixedModel | Undefined:
    if not work.mixed_model:
        return Undefined("The mixed model was not asked for.")
    if not work.table.answers:
        return NO_ANSWER
    table = work.table
    return fit_matrix(
        table.decisions,
        table.truth,
        table.labels,
        raters=table.raters,
        images=table.images,
        stop=work.should_stop,
    )


def _unseen(work: Work) -> Outcome | Undefined:
    """The primary result without answers to images seen before, whatever the plan says of them."""
    rest = without_seen(work.frame, work.kept)
    return rest if isinstance(rest, Undefined) else work.outcome(table_of(rest), work.margin)


# Name in the figures: (words while it runs, the step).
STEPS: dict[str, tuple[str, Callable[[Work], Any]]] = {
    "rates": ("Rates, sensitivity and lean", _rates),
    "permutation": (
        "Relabelling the images",
        lambda work: (
            image_permutation(
                work.table.decisions,
                work.table.truth,
                seed=work.seed,
                resamples=work.resamples,
            )
            if work.table.answers
            else Undefined("There is no answer.")
        ),
    ),
    "raters": ("Each rater", lambda work: raters_of(work.table, work.rows)),
    "raters_left_out": ("Raters who were left out", _raters_left_out),
    "images": ("Each image", lambda work: images_of(work.table, work.rows)),
    "confidence": ("Confidence", _confidence),
    "agreement": (
        "Agreement of raters",
        lambda work: agreement_by_truth(work.table.decisions, work.table.truth),
    ),
    "retest": ("Repeated images", _retest),
    "reasons": ("Reasons", _reasons),
    "regions": ("Marks on the images", _regions),
    "course": ("The course of a session", _course),
    "times": (
        "Response times",
        lambda work: times(
            work.rows.response_ms, work.rows.is_artificial, work.rows.correct, work.rows.rater
        ),
    ),
    "expertise": ("Expertise", lambda work: expertise_groups(work.kept, work.table)),
    "familiarity": ("Images seen before", lambda work: familiarity_groups(work.rows)),
    "unseen": ("Without images seen before", _unseen),
    "could_know": ("Raters who could know images", lambda work: could_know(work.kept)),
    "arms": ("Generators side by side", _arms),
    "arm_verdicts": ("Each generator's verdict", _verdicts),
    "mixed_model": ("Mixed model of raters and images", _mixed_model),
}
