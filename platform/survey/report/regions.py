"""How many answers came with marks on the image, in words, and where they lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from survey.figures.drawing import Drawing
from survey.report.content import Section
from survey.report.words import defined


def regions_section(marked: Any, drawings: Sequence[Drawing], *, of_pairs: bool = False) -> Section:
    """Of pairs, marks lie on the image that was called artificial."""
    told = _of_pairs if of_pairs else _of_images
    return Section(
        title="Where it looked artificial",
        paragraphs=[told(marked)] if defined(marked) else [],
        drawings=drawings,
    )


def _of_images(marked: Sequence[Mapping[str, Any]]) -> str:
    kinds = []
    for truth in ("artificial", "real"):
        right, wrong = (_one(marked, truth, right=right) for right in (True, False))
        kinds.append(
            f"{right['with_marks'] + wrong['with_marks']} of {right['answers'] + wrong['answers']} "
            f"answers about {truth} images ({_of(right)} right ones, {_of(wrong)} wrong ones)"
        )
    return f"Marks came with {kinds[0]} and {kinds[1]}."


def _of_pairs(marked: Sequence[Mapping[str, Any]]) -> str:
    right = _one(marked, "artificial", right=True)
    wrong = _one(marked, "real", right=False)
    return (
        f"Marks came with {_of(right)} right answers, on the artificial image, and with "
        f"{_of(wrong)} wrong ones, on the real image."
    )


def _one(marked: Sequence[Mapping[str, Any]], truth: str, *, right: bool) -> Mapping[str, Any]:
    (found,) = (one for one in marked if one["truth"] == truth and one["right"] == right)
    return found


def _of(one: Mapping[str, Any]) -> str:
    return f"{one['with_marks']} of {one['answers']}"
