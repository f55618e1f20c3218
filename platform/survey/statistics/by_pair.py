"""Each pair's own figures: in which the artificial image was found, and which fooled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from survey.statistics.arrays import Floats
from survey.statistics.interval import Interval
from survey.statistics.proportions import wilson
from survey.statistics.undefined import Undefined


@dataclass(frozen=True, slots=True, kw_only=True)
class PairFigures:
    """One pair, over the raters who judged it."""

    pair: str
    arm: str  # the generator of its artificial image
    answers: int
    wrong: int  # took the real image for the artificial one
    part_wrong: float  # its difficulty
    interval: Interval | Undefined  # of that part; Wilson: raters are independent on one pair


def each_pair(
    correct: Floats, names: Sequence[str], arms: Sequence[str]
) -> tuple[PairFigures, ...]:
    """Figures of each column of (raters, pairs) answers: 1 right, 0 wrong, NaN missing."""
    answers = (~np.isnan(correct)).sum(axis=0).tolist()
    wrong = (correct == 0).sum(axis=0).tolist()
    return tuple(
        PairFigures(
            pair=name,
            arm=arm,
            answers=total,
            wrong=count,
            part_wrong=count / total,
            interval=wilson(count, total),
        )
        for name, arm, total, count in zip(names, arms, answers, wrong, strict=True)
    )
