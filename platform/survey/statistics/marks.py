"""How many answers came with a mark on the image, by what it is and whether they were right."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from survey.statistics.tidy import ARTIFICIAL, REAL
from survey.statistics.undefined import Figure, Undefined

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

NO_MARK = Undefined("No answer came with a mark.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """Answers of one kind, those of them with a mark or more, and all their marks."""

    truth: str  # of the image that the marks lie on
    right: bool
    answers: int
    with_marks: int
    part: Figure  # of the answers
    marks: int


def marked_answers(
    regions: Iterable[str], is_artificial: ArrayLike, right: ArrayLike
) -> tuple[Marked, ...] | Undefined:
    """Count marks; `regions` (n,) JSON lists or "", truth and rightness (n,) bool.

    Undefined where nobody marked anything.
    """
    truth, good = np.asarray(is_artificial, bool), np.asarray(right, bool)
    marks = np.array([len(json.loads(one)) if one else 0 for one in regions], dtype=np.int64)
    if not marks.any():
        return NO_MARK
    found = []
    for kind, of_kind in ((ARTIFICIAL, truth), (REAL, ~truth)):
        for was_right in (True, False):
            counted = marks[of_kind & (good == was_right)]
            with_marks = int((counted > 0).sum())
            found.append(
                Marked(
                    truth=kind,
                    right=was_right,
                    answers=len(counted),
                    with_marks=with_marks,
                    part=with_marks / len(counted)
                    if len(counted)
                    else Undefined("There is no such answer."),
                    marks=int(counted.sum()),
                )
            )
    return tuple(found)
