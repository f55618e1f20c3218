"""What raters gave as reasons, summed up by what the images are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from survey.figures.drawing import Drawing
from survey.report.content import Section, Table
from survey.report.words import defined, part

_ABOUT = {False: ("Artificial images", "Real images"), True: ("Right", "Wrong")}


def reasons_section(
    reasons: Any, drawings: Sequence[Drawing], *, of_pairs: bool = False
) -> Section:
    """Count each reason for artificial and for real images; of pairs, for right and wrong ones."""
    title = "Reasons"
    if not defined(reasons):
        return Section(title=title)
    first, second = _ABOUT[of_pairs]
    rows = [_row(one, reasons, words=one["reason"], of_pairs=of_pairs) for one in reasons["each"]]
    if reasons["rest"]:
        words = f"{reasons['rest_wordings']} other wordings"
        rows.append(_row(reasons["rest"], reasons, words=words, of_pairs=of_pairs))
    head = ["Reason", first, second, *([] if of_pairs else ["Of these answers right"])]
    return Section(
        title=title,
        paragraphs=[_told(reasons, of_pairs=of_pairs)],
        drawings=drawings,
        tables=[
            Table(
                head=head,
                rows=rows,
                numbers=frozenset(range(1, len(head))),
                note="Answers that gave the reason, and their part of the answers of that column "
                "that gave any. Wordings that differ in capitals, blanks and marks at their ends "
                "only are counted as one. Answers of one rater resemble each other: it describes.",
            )
        ],
    )


def _told(reasons: Mapping[str, Any], *, of_pairs: bool) -> str:
    given = reasons["artificial"] + reasons["real"]
    answers = reasons["answers_artificial"] + reasons["answers_real"]
    if of_pairs:
        return f"A reason came with {given} of {answers} answers."
    return (
        f"A reason came with {reasons['artificial']} of {reasons['answers_artificial']} answers "
        f"about artificial images and {reasons['real']} of {reasons['answers_real']} about real "
        "ones."
    )


def _row(
    one: Mapping[str, Any], reasons: Mapping[str, Any], *, words: str, of_pairs: bool
) -> list[str]:
    cells = [
        f"{one[truth]} ({part(one[f'part_{truth}'])})" if reasons[truth] else "0"
        for truth in ("artificial", "real")
    ]
    right = [] if of_pairs else [f"{one['right']} of {one['artificial'] + one['real']}"]
    return [words, *cells, *right]
