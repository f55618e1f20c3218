"""Everything that can be said of a study's answers, from rows to figures, step by step.

Pure: rows in, frozen figures out; the same rows and options give the same figures.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from survey.statistics.exclusions import Exclusion, Rules, exclusions, marked
from survey.statistics.outcome import Outcome
from survey.statistics.portable import to_json
from survey.statistics.steps import STEPS, Work
from survey.statistics.stopping import Stopped
from survey.statistics.threads import one_thread
from survey.statistics.tidy import Table, answered, rows_of, table_of, tidied
from survey.statistics.verdict import MARGIN, check_margin

if TYPE_CHECKING:
    import pandas as pd

VERSION = 1  # of the form of the figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to analyse: set before the study opens.

    margin : (low, high) of balanced accuracies that count as "cannot be told apart". rules : who is
    left out. seed : of relabellings and resamples. resamples : relabellings of images.
    mixed_model : whether to fit it, which takes longest. expertise_question : the one whose answers
    stand in the column `expertise`; told with the groups.
    """

    margin: tuple[float, float] = MARGIN
    rules: Rules = field(default_factory=Rules)
    seed: int = 0
    resamples: int = 99_999
    mixed_model: bool = True
    expertise_question: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """What went in, after exclusions."""

    raters: int
    images: int
    artificial: int
    real: int
    arms: tuple[str, ...]
    answers: int
    missing: int  # cells of raters x images without an answer
    crossed: bool
    unanswered: int  # presentations made but never answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """All figures. `figures` holds the secondary ones by the names of `steps.STEPS`."""

    version: int
    options: Options
    notes: tuple[str, ...]
    design: Design
    primary: Outcome
    # The same with nobody left out; None where nobody was.
    with_everybody: Outcome | None
    exclusions: tuple[Exclusion, ...]
    figures: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Give all of it for `json.dumps(..., allow_nan=False)`."""
        found: dict[str, Any] = to_json(self)
        return found


def _no_report(done: int, total: int, step: str) -> None:
    """Nobody watches."""


def analyse(
    answers: pd.DataFrame,
    options: Options | None = None,
    *,
    report: Callable[[int, int, str], None] = _no_report,
    should_stop: Callable[[], bool] = lambda: False,
) -> Analysis:
    """Analyse rows, one a presentation, with the columns of `tidy.REQUIRED` and `tidy.OPTIONAL`.

    `report` is told before each step how many of how many are done, and what comes now, in words.
    `should_stop` is asked before each step and in long ones; then `Stopped` is raised. Raises
    ValueError where a column is missing or the margin does not hold 0.5, and nothing else: what
    these answers do not give is `Undefined`.
    """
    options = options or Options()
    check_margin(options.margin)
    total = len(STEPS) + 1

    def now(done: int, step: str) -> None:
        if should_stop():
            raise Stopped
        report(done, total, step)

    now(0, "Primary result")
    frame, notes = tidied(answers)
    frame = marked(frame, options.rules)
    kept, everybody = answered(frame), answered(frame, everybody=True)
    work = Work(
        frame=frame,
        kept=kept,
        table=table_of(kept),
        rows=rows_of(kept),
        margin=options.margin,
        seed=options.seed,
        resamples=options.resamples,
        mixed_model=options.mixed_model,
        should_stop=should_stop,
    )
    primary = work.outcome(work.table, options.margin)
    with_everybody = None
    if len(everybody) != len(kept):
        with_everybody = work.outcome(table_of(everybody), options.margin)
    figures = {}
    with one_thread():
        for done, (name, (words, step)) in enumerate(STEPS.items(), start=1):
            now(done, words)
            figures[name] = step(work)
    report(total, total, "Done")
    return Analysis(
        version=VERSION,
        options=options,
        notes=notes,
        design=_design(work.table, frame),
        primary=primary,
        with_everybody=with_everybody,
        exclusions=exclusions(frame),
        figures=figures,
    )


def _design(table: Table, frame: pd.DataFrame) -> Design:
    main = frame["kind"] == "main"
    return Design(
        raters=len(table.raters),
        images=len(table.images),
        artificial=int(table.truth.sum()),
        real=int((~table.truth).sum()),
        arms=tuple(sorted(set(table.arms.tolist()) - {""})),
        answers=table.answers,
        missing=table.decisions.size - table.answers,
        crossed=table.crossed,
        unanswered=int((main & frame["decision"].isna()).sum()),
    )
