"""The intervals that a design is expected to give."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from survey.figures.accuracy import verdict_drawing
from survey.figures.drawing import Drawing, Row


def planned_drawing(answer: dict[str, Any]) -> Drawing:
    """Draw an average study of the people expected, and one of raters who guess.

    answer : dict
        `survey.statistics.planner.Plan.as_json`.
    """
    rows = [_row("As expected", answer["as_expected"])]
    rows.append(_row("Guessing", answer["at_chance"]))
    low, high = answer["margin"]
    return replace(
        verdict_drawing(rows, margin=(low, high)),
        name="planned",
        title="What an average study of this design would show",
        caption="Dot: true balanced accuracy. Thick line: 90 % interval of average width; thin "
        "line: 95 % interval. Dashed: guessing. Band: the margin. “Equivalent” needs the thick "
        "line in the band.",
        alt="Expected intervals against chance and the margin; the numbers are in the table.",
    )


def _row(what: str, found: dict[str, Any]) -> Row:
    row: Row = {"what": what, "accuracy": found["accuracy"]}
    for level in ("95", "90"):
        half = (found[f"half_width{level}"] or {"value": 0.0})["value"]
        row[f"low{level}"] = max(found["accuracy"] - half, 0.0)
        row[f"high{level}"] = min(found["accuracy"] + half, 1.0)
    return row
