"""Do raters know when they are right?

Type-2 discrimination: Galvin, Podd, Drga & Whitmore 2003, Psychon. Bull. Rev. 10, 843.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from survey.statistics.arrays import Bools, Floats, Ints
from survey.statistics.clustered import Estimate, clustered_mean, t_mean
from survey.statistics.roc import auc
from survey.statistics.undefined import Figure, Undefined

LEVELS = (1, 2, 3)  # a guess, fairly sure, sure


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The answers given with one confidence."""

    confidence: int
    answers: int
    right: Figure  # part of them
    estimate: Estimate | Undefined  # the same with its error, clustered by rater


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Part right at each confidence, and how well confidence sorts right from wrong answers."""

    steps: tuple[Step, ...]
    # Mean over raters of the AUC of confidence for being right: 0.5 is no idea, 1 always knows.
    type2_auc: Estimate | Undefined
    type2_auc_value: Figure  # the mean by itself: known where nothing says how far off it may be


def calibration(
    confidence: Floats, correct: Bools, raters: Ints, *, level: float = 0.95
) -> Calibration:
    """Answers in rows: confidence (n,) 1 to 3 or NaN, correct (n,) bool, raters (n,) numbered."""
    steps = []
    for sure in LEVELS:
        chosen = confidence == sure
        right = correct[chosen].astype(np.float64)
        steps.append(
            Step(
                confidence=sure,
                answers=int(chosen.sum()),
                right=float(right.mean())
                if right.size
                else Undefined("No answer was given with this confidence."),
                estimate=clustered_mean(right, raters[chosen], level=level, clip=(0, 1)),
            )
        )
    areas = [
        auc(confidence[raters == rater], correct[raters == rater]) for rater in np.unique(raters)
    ]
    known = [area for area in areas if not isinstance(area, Undefined)]
    return Calibration(
        steps=tuple(steps),
        type2_auc=_type2(known, level),
        type2_auc_value=float(np.mean(known))
        if known
        else Undefined("No rater gave both right and wrong answers with their confidence."),
    )


def _type2(known: list[float], level: float) -> Estimate | Undefined:
    if len(known) < 2:
        return Undefined("Fewer than two raters gave both right and wrong answers.")
    return t_mean(known, level=level, clip=(0, 1))
