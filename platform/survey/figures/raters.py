"""Figures of raters: who could tell, who leaned, how it went over time."""

from __future__ import annotations

from collections.abc import Sequence

from survey.figures.drawing import (
    ACCENT,
    COUNTS,
    LEFT_OUT,
    REAL,
    ROWS,
    Drawing,
    Row,
    Spec,
    by_truth,
    name,
    number,
    rule,
    share,
    values,
)

LONGEST = 240  # px, the longer side of a heat map


def raters_drawing(rows: Sequence[Row]) -> Drawing:
    """Draw rows {rater, d_prime, criterion, counts}; hollow is who was left out as planned."""
    drawn = [one for one in (COUNTS, LEFT_OUT) if any(row["counts"] == one for row in rows)]
    fills = {COUNTS: REAL, LEFT_OUT: "white"}
    hollow = "Hollow: left out as planned. " if LEFT_OUT in drawn else ""
    across, up = "Criterion: left leans to “artificial”, right to “real”", "d-prime: 0 is guessing"
    return Drawing(
        name="raters",
        title="Each rater: able to tell, and leaning",
        caption="Up: told real and artificial apart. Right: said “real” more easily. Raters near "
        "the horizontal line answered about as guessing would; raters far from the vertical one "
        f"leaned. {hollow}With the log-linear correction.",
        alt="d-prime against criterion, one point a rater.",
        rows=rows,
        spec={
            "width": 420,
            "height": 340,
            "layer": [
                {**rule(y=number("zero", up)), "data": values({"zero": 0})},
                {**rule(x=number("zero", across)), "data": values({"zero": 0})},
                {
                    "data": ROWS,
                    "mark": {
                        "type": "point",
                        "size": 90,
                        "strokeWidth": 1.6,
                        "stroke": REAL,
                        "opacity": 1,
                    },
                    "encoding": {
                        "x": number("criterion", across),
                        "y": number("d_prime", up),
                        "fill": name(
                            "counts",
                            None,
                            scale={"domain": drawn, "range": [fills[one] for one in drawn]},
                            legend={"symbolStrokeColor": REAL} if hollow else None,
                        ),
                    },
                },
            ],
        },
    )


def positions_drawing(rows: Sequence[Row]) -> Drawing:
    """Draw rows {block, first, last, truth, errors, n, low, high}: error rates over position."""
    x = number("middle", "Place in the rater's order", axis={"tickMinStep": 1})
    return Drawing(
        name="positions",
        title="Errors from the first image to the last",
        caption="Part of wrong answers by place in the order, with 95 % intervals over raters. "
        "A falling line may be learning, a rising one tiredness, or either chance.",
        alt="Error rates over position, for real and artificial images.",
        rows=rows,
        spec={
            "width": 480,
            "height": 260,
            "data": ROWS,
            "layer": [
                {
                    "mark": {"type": "errorbar", "opacity": 0.6},
                    "encoding": {
                        "x": x,
                        "y": share("low", "Wrong answers"),
                        "y2": {"field": "high"},
                        "color": by_truth()["color"],
                    },
                },
                {
                    "mark": {"type": "line", "strokeWidth": 2},
                    "encoding": {
                        "x": x,
                        "y": share("errors", "Wrong answers"),
                        "color": by_truth()["color"],
                    },
                },
                {
                    "mark": {"type": "point", "filled": True, "opacity": 1, "size": 60},
                    "encoding": {"x": x, "y": share("errors", "Wrong answers"), **by_truth()},
                },
            ],
        },
    )


def times_drawing(rows: Sequence[Row]) -> Drawing:
    """Draw rows {answer, truth, n, p5_s, p25_s, p50_s, p75_s, p95_s}, one a kind of answer."""
    x = "Response time (s)"
    log = {"type": "log"}
    y = name("answer", None, sort=None, axis={"domain": False, "ticks": False})
    colour = {**by_truth()["color"], "legend": None}

    def span(low: str, high: str, width: int) -> Spec:
        return {
            "mark": {"type": "rule", "strokeWidth": width},
            "encoding": {
                "x": number(low, x, scale=log),
                "x2": {"field": high},
                "y": y,
                "color": colour,
            },
        }

    return Drawing(
        name="times",
        title="How long answers took",
        caption="Time from the painted image to the decision, on a logarithmic axis. Mark: median; "
        "thick line: middle half of the answers; thin line: 5 % to 95 %. Displays and keyboards "
        "add 10 to 40 ms.",
        alt="Response times of right and wrong answers, by truth.",
        rows=rows,
        spec={
            "width": 460,
            "height": {"step": 34},
            "data": ROWS,
            "layer": [
                span("p5_s", "p95_s", 1),
                span("p25_s", "p75_s", 9),
                {
                    "mark": {"type": "tick", "color": "black", "thickness": 2.5, "size": 18},
                    "encoding": {"x": number("p50_s", x, scale=log), "y": y},
                },
            ],
        },
    )


def calibration_drawing(rows: Sequence[Row]) -> Drawing:
    """Draw rows {confidence, words, right, n, low, high}."""
    return Drawing(
        name="calibration",
        title="Were sure answers right more often?",
        caption="Part of right answers by confidence, with 95 % intervals over raters. Dashed: "
        "guessing.",
        alt="Part of right answers by confidence.",
        rows=rows,
        spec={
            "width": 360,
            "height": 260,
            "layer": [
                {**rule(y=number("chance", "Right answers")), "data": values({"chance": 0.5})},
                {
                    "data": ROWS,
                    "mark": {"type": "rule", "strokeWidth": 2, "color": ACCENT},
                    "encoding": {
                        "x": name("words", "Confidence", sort=None, axis={"labelAngle": 0}),
                        "y": share("low", "Right answers"),
                        "y2": {"field": "high"},
                    },
                },
                {
                    "data": ROWS,
                    "mark": {
                        "type": "point",
                        "filled": True,
                        "opacity": 1,
                        "size": 90,
                        "color": ACCENT,
                    },
                    "encoding": {
                        "x": name("words", "Confidence", sort=None),
                        "y": share("right", "Right answers"),
                    },
                },
            ],
        },
    )


def regions_drawing(rows: Sequence[Row], *, width_px: int, height_px: int) -> Drawing:
    """Draw rows {truth, column, row, marks, answers, per_answer}: marks pooled over images.

    The grid lies over the picture of `width_px` x `height_px`, in its own proportions.
    """
    shrunk = LONGEST / max(width_px, height_px)
    return Drawing(
        name="regions",
        title="Where raters saw something artificial",
        caption="Marks of all raters pooled over the images of a kind, for each answer about that "
        "kind, on the picture's own frame: edges and corners that stand out are a fault of the "
        "images, not of single particles. The marks of one image, over it and its height map, are "
        "on that image's page.",
        alt="Heat maps of marked regions for real and artificial images.",
        rows=rows,
        spec={
            "data": ROWS,
            "facet": {"column": name("truth", None, header={"labelFontSize": 13})},
            "spec": {
                "width": round(width_px * shrunk, 1),
                "height": round(height_px * shrunk, 1),
                "mark": {"type": "rect"},
                "encoding": {
                    "x": {"field": "column", "type": "ordinal", "axis": None},
                    "y": {"field": "row", "type": "ordinal", "axis": None},
                    "color": number(
                        "per_answer",
                        "Marks for each answer",
                        scale={"scheme": "cividis", "domainMin": 0},
                    ),
                },
            },
        },
    )
