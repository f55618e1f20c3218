"""Figure of hits against false alarms: every rater's curve, and that of all together."""

from __future__ import annotations

from collections.abc import Sequence

from survey.figures.drawing import (
    ACCENT,
    COUNTS,
    LEFT_OUT,
    LINE,
    QUIET,
    ROWS,
    TOGETHER,
    Drawing,
    Row,
    Spec,
    name,
    share,
    values,
)

_X = "Real images called artificial, at least so surely"
_Y = "Artificial images called artificial"
_LINES = (COUNTS, LEFT_OUT, TOGETHER)
_COLOURS, _DASHES = (QUIET, LINE, ACCENT), ([1, 0], [2, 3], [1, 0])


def roc_drawing(rows: Sequence[Row]) -> Drawing:
    """Draw rows {who, line, false_alarm_rate, hit_rate, step}; `line` says whose curve it is."""
    drawn = [line for line in _LINES if any(row["line"] == line for row in rows)]
    places = [_LINES.index(line) for line in drawn]
    line_of = {
        "x": share("false_alarm_rate", _X),
        "y": share("hit_rate", _Y),
        "detail": {"field": "who"},
        "order": {"field": "step"},
        "color": _scaled(drawn, [_COLOURS[place] for place in places]),
        "strokeDash": _scaled(drawn, [_DASHES[place] for place in places]),
    }
    dotted = " Dotted: raters who were left out as planned." if LEFT_OUT in drawn else ""
    return Drawing(
        name="roc",
        title="Hits against false alarms, from the surest answers on",
        caption=f"Grey: one line a rater.{dotted} Colour: all answers that count together. On the "
        "dashed diagonal is guessing; the further above it, the better real and artificial were "
        "told apart.",
        alt="ROC curves of every rater and of all together.",
        rows=rows,
        spec={
            "width": 360,
            "height": 360,
            "layer": [
                {
                    "data": values({"x": 0, "y": 0}, {"x": 1, "y": 1}),
                    "mark": {"type": "line", "color": QUIET, "strokeDash": [5, 4]},
                    "encoding": {"x": share("x", _X), "y": share("y", _Y)},
                },
                {
                    "data": ROWS,
                    "transform": [{"filter": f"datum.line != '{TOGETHER}'"}],
                    "mark": {"type": "line", "opacity": 0.55, "strokeWidth": 1},
                    "encoding": line_of,
                },
                {
                    "data": ROWS,
                    "transform": [{"filter": f"datum.line == '{TOGETHER}'"}],
                    "mark": {
                        "type": "line",
                        "strokeWidth": 3,
                        "point": {"color": ACCENT, "size": 50},
                    },
                    "encoding": line_of,
                },
            ],
        },
    )


def _scaled(drawn: Sequence[str], looks: Sequence[object]) -> Spec:
    legend = {"symbolType": "stroke", "symbolStrokeWidth": 2, "symbolOpacity": 1, "symbolSize": 300}
    return name("line", None, scale={"domain": list(drawn), "range": list(looks)}, legend=legend)
