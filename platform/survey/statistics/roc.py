"""The ROC curve of graded answers, its area, and two errors of the area for one rater.

DeLong, DeLong & Clarke-Pearson 1988, Biometrics 44, 837. Hanley & McNeil 1982, Radiology 143, 29.
Both take images for independent: they hold for one rater, never for raters pooled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from survey.statistics.arrays import Bools, Floats
from survey.statistics.primary import as_table, placements
from survey.statistics.undefined import Figure, Undefined

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True, kw_only=True)
class Roc:
    """Points from (0, 0) to (1, 1); the answer at or above the threshold counts "artificial"."""

    false_alarm_rate: tuple[float, ...]
    hit_rate: tuple[float, ...]
    thresholds: tuple[float | None, ...]  # None: the start, where nothing counts "artificial"
    auc: float
    n_artificial: int
    n_real: int


def roc(scores: ArrayLike, truth: ArrayLike) -> Roc | Undefined:
    """Draw the empirical curve of (images,) scores, NaN left out; truth (images,) bool."""
    values, is_artificial = _known(scores, truth)
    reason = _one_kind(is_artificial)
    if reason:
        return reason
    steps = np.unique(values)[::-1]
    at_least = values[None, :] >= steps[:, None]  # (steps, images)
    hits = at_least[:, is_artificial].mean(axis=1)
    alarms = at_least[:, ~is_artificial].mean(axis=1)
    return Roc(
        false_alarm_rate=(0.0, *alarms.tolist()),
        hit_rate=(0.0, *hits.tolist()),
        thresholds=(None, *steps.tolist()),
        auc=_auc(values, is_artificial),
        n_artificial=int(is_artificial.sum()),
        n_real=int((~is_artificial).sum()),
    )


def auc(scores: ArrayLike, truth: ArrayLike) -> Figure:
    """Area under the curve of (images,) scores, NaN left out: 0.5 is chance."""
    values, is_artificial = _known(scores, truth)
    return _one_kind(is_artificial) or _auc(values, is_artificial)


def delong_se(scores: ArrayLike, truth: ArrayLike) -> Figure:
    """Standard error of one rater's area."""
    values, is_artificial = _known(scores, truth)
    reason = _one_kind(is_artificial)
    if reason:
        return reason
    if min(is_artificial.sum(), (~is_artificial).sum()) < 2:
        return Undefined("Fewer than two images of a kind: nothing says how much images differ.")
    v10, v01 = placements(values[None, :], is_artificial)
    variance = v10.var(ddof=1) / v10.size + v01.var(ddof=1) / v01.size
    if not variance > 0:
        return Undefined("The two kinds are sorted without a tie or a slip; the error is unknown.")
    return float(np.sqrt(variance))


def hanley_mcneil_se(area: float, n_artificial: int, n_real: int) -> Figure:
    """Standard error of an area that was only published (their eq. 2)."""
    if n_artificial < 1 or n_real < 1:
        return Undefined("It needs images of both kinds.")
    if not 0 < area < 1:
        return Undefined("At an area of 0 or 1 the formula gives no error.")
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    variance = (
        area * (1 - area) + (n_artificial - 1) * (q1 - area**2) + (n_real - 1) * (q2 - area**2)
    ) / (n_artificial * n_real)
    return float(np.sqrt(variance))


def graded(decisions: ArrayLike, confidences: ArrayLike, *, levels: int = 3) -> Floats:
    """Six steps from "sure it is real" (1) to "sure it is artificial" (6); NaN stays.

    `decisions` : 1 said "artificial", 0 "real". `confidences` : 1 (guess) ... `levels` (sure).
    """
    said, sure = np.asarray(decisions, np.float64), np.asarray(confidences, np.float64)
    return np.asarray(np.where(said == 1, levels + sure, levels + 1 - sure) + 0 * said)


def _known(scores: ArrayLike, truth: ArrayLike) -> tuple[Floats, Bools]:
    table, is_artificial = as_table(np.atleast_2d(np.asarray(scores, np.float64)), truth)
    given = ~np.isnan(table[0])
    return table[0][given], is_artificial[given]


def _one_kind(is_artificial: Bools) -> Undefined | None:
    if not is_artificial.any():
        return Undefined("No artificial image was judged.")
    return Undefined("No real image was judged.") if is_artificial.all() else None


def _auc(values: Floats, is_artificial: Bools) -> float:
    return float(placements(values[None, :], is_artificial)[0].mean())
