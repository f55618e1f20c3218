"""The answers graded by confidence, in six steps from sure real to sure artificial."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from survey.statistics.arrays import Bools, Floats
from survey.statistics.bootstrap import Bootstrap
from survey.statistics.calibration import Calibration, calibration
from survey.statistics.outcome import CROSSED, INCOMPLETE, NO_ANSWER, NONE, resampled
from survey.statistics.primary import Primary, obuchowski_rockette
from survey.statistics.roc import Roc, auc, roc
from survey.statistics.tidy import Rows, Table
from survey.statistics.undefined import Figure, Undefined


@dataclass(frozen=True, slots=True, kw_only=True)
class Confidence:
    """The area under the ROC curve, the curve, and whether sure answers were right more often."""

    mean_auc: Figure  # averaged over the raters who judged images of both kinds
    auc: Primary | Bootstrap | Undefined  # the same with its error: new raters and new images
    auc_method: str  # as in `outcome`
    pooled: Roc | Undefined  # all answers on one curve: for drawing only
    calibration: Calibration


def confidence_figures(
    table: Table, rows: Rows, *, seed: int, stop: Callable[[], bool] = lambda: False
) -> Confidence:
    """Judge the grades of a table as the primary result judges its decisions.

    Obuchowski-Rockette where every rater judged every image, else the double bootstrap with `seed`;
    `stop` is asked in it, and then `Stopped` is raised.
    """
    given = ~np.isnan(table.grades)
    mean, found, method = _area(table, seed, stop)
    return Confidence(
        mean_auc=mean,
        auc=found,
        auc_method=method,
        pooled=roc(table.grades[given], np.broadcast_to(table.truth, given.shape)[given]),
        calibration=calibration(rows.confidence, rows.correct, rows.rater),
    )


def _area(
    table: Table, seed: int, stop: Callable[[], bool]
) -> tuple[Figure, Primary | Bootstrap | Undefined, str]:
    if not table.answers:
        return NO_ANSWER, NO_ANSWER, NONE
    if np.isnan(table.grades[~np.isnan(table.decisions)]).any():
        reason = Undefined("Not every answer came with its confidence.")
        return reason, reason, NONE
    found: Primary | Bootstrap | Undefined
    if table.crossed:
        found, method = obuchowski_rockette(table.grades, table.truth), CROSSED
    else:
        found, method = resampled(table.grades, table, seed=seed, stop=stop), INCOMPLETE
    mean = mean_area(table.grades, table.truth)
    return mean, found, NONE if isinstance(found, Undefined) else method


def mean_area(grades: Floats, truth: Bools) -> Figure:
    """Average the raters' own areas; grades (raters, images), NaN missing, truth (images,) bool."""
    areas = [auc(row, truth) for row in grades]
    known = [area for area in areas if not isinstance(area, Undefined)]
    return float(np.mean(known)) if known else Undefined("No rater judged images of both kinds.")
