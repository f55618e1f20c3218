"""Figure of reasons: what raters say of artificial images, and what of real ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from survey.figures.drawing import ROWS, Drawing, Row, by_truth, name, share
from survey.report.words import defined


def reason_rows(reasons: Any) -> list[Row]:
    """Rows {reason, truth, answers, of, part} of `statistics.reasons.Reasons` as JSON."""
    if not defined(reasons):
        return []
    each: Sequence[Mapping[str, Any]] = [
        *reasons["each"],
        *([reasons["rest"]] if reasons["rest"] else []),
    ]
    return [
        {
            "reason": one["reason"],
            "truth": truth,
            "answers": one[truth],
            "of": reasons[truth],
            "part": one[f"part_{truth}"],
        }
        for one in each
        for truth in ("artificial", "real")
        if defined(one[f"part_{truth}"])
    ]


def reasons_drawing(rows: Sequence[Row]) -> Drawing:
    """Draw rows {reason, truth, answers, of, part}, the commonest reason first."""
    labels = {"labelLimit": 260, "labelPadding": 10, "domain": False, "ticks": False}
    y = name("reason", None, sort=None, axis=labels)
    x = "Part of the answers that gave a reason"
    top = max((row["part"] for row in rows), default=1.0)
    reach = {"domain": [0, min(1.0, 1.1 * top)], "nice": False}
    return Drawing(
        name="reasons",
        title="Reasons, for artificial and for real images",
        caption="How often each reason was given, as a part of the answers about images of that "
        "kind that gave one. Marks far apart: the reason is given for one kind of image.",
        alt="Part of the answers that gave each reason, for artificial and for real images.",
        rows=rows,
        spec={
            "width": 420,
            "height": {"step": 22},
            "data": ROWS,
            "layer": [
                {
                    "mark": {"type": "rule", "color": "#cfcfcf", "strokeWidth": 2},
                    "encoding": {
                        "y": y,
                        "x": {"aggregate": "min", **share("part", x, scale=reach)},
                        "x2": {"aggregate": "max", "field": "part"},
                    },
                },
                {
                    "mark": {"type": "point", "filled": True, "opacity": 1, "size": 80},
                    "encoding": {"y": y, "x": share("part", x, scale=reach), **by_truth()},
                },
            ],
        },
    )
