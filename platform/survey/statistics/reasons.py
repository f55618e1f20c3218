"""Why raters decided as they did: how often each reason was given, by what the image is.

Reasons are texts that raters may write after a decision. Wordings that differ only in capitals,
blanks and the marks at their ends count as one; nothing else is joined, so that no meaning is
guessed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from survey.statistics.undefined import Figure, Undefined

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

MOST = 20  # reasons that are told one by one; the table of answers has all
_ENDS = " .,;:!?'\"-…“”"
NO_REASON = Undefined("No answer came with a reason.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """How many answers gave a reason, and which part of all that gave one."""

    reason: str  # the wording that was used most
    artificial: int  # answers about artificial images
    real: int  # answers about real ones
    part_artificial: Figure  # of the answers about artificial images that gave a reason
    part_real: Figure
    right: int  # of both


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """The reasons that were given most, the commonest first, and the rest together."""

    artificial: int  # answers about artificial images that gave a reason
    real: int
    answers_artificial: int  # that could have given one
    answers_real: int
    each: tuple[Reason, ...]
    rest: Reason | None  # all other wordings
    rest_wordings: int


def reasons_of(
    texts: Iterable[str], is_artificial: ArrayLike, right: ArrayLike, *, most: int = MOST
) -> Reasons | Undefined:
    """Count reasons; `texts` (n,), "" where none was given, truth and rightness (n,) bool.

    Undefined where nobody gave a reason.
    """
    truth, good = np.asarray(is_artificial, bool), np.asarray(right, bool)
    wordings: dict[str, Counter[str]] = defaultdict(Counter)
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])  # artificial, real, right
    for text, artificial, was_right in zip(texts, truth.tolist(), good.tolist(), strict=True):
        told = " ".join(text.split()).strip(_ENDS)
        if not told:
            continue
        key = told.casefold()
        wordings[key][told] += 1
        counts[key][0 if artificial else 1] += 1
        counts[key][2] += was_right
    if not counts:
        return NO_REASON
    artificial, real = (sum(cells[side] for cells in counts.values()) for side in (0, 1))
    ranked = sorted(counts, key=lambda key: (-counts[key][0] - counts[key][1], key))

    def told_of(words: str, cells: list[int]) -> Reason:
        return Reason(
            reason=words,
            artificial=cells[0],
            real=cells[1],
            part_artificial=_part(cells[0], artificial, "artificial"),
            part_real=_part(cells[1], real, "real"),
            right=cells[2],
        )

    rest = ranked[most:]
    return Reasons(
        artificial=artificial,
        real=real,
        answers_artificial=int(truth.sum()),
        answers_real=int((~truth).sum()),
        each=tuple(told_of(_commonest(wordings[key]), counts[key]) for key in ranked[:most]),
        rest=told_of("all others", [sum(counts[key][side] for key in rest) for side in range(3)])
        if rest
        else None,
        rest_wordings=len(rest),
    )


def _commonest(wordings: Counter[str]) -> str:
    """Of two that are as common the first by the alphabet: rows may come in any order."""
    return min(wordings, key=lambda words: (-wordings[words], words))


def _part(count: int, total: int, kind: str) -> Figure:
    return count / total if total else Undefined(f"No answer about {kind} images gave a reason.")
