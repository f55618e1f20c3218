"""Figures of accuracy: the verdict's interval, and arms side by side."""

from __future__ import annotations

from collections.abc import Sequence

from survey.figures.drawing import (
    ACCENT,
    LINE,
    ROWS,
    Drawing,
    Row,
    Spec,
    name,
    number,
    rule,
    share,
    values,
)

_X = "Balanced accuracy (50 % is guessing)"


def _domain(rows: Sequence[Row], margin: tuple[float, float]) -> Spec:
    """The whole of 0 to 1 would hide a narrow interval; chance and margin are always in."""
    ends = [row[key] for row in rows for key in ("low95", "high95", "low90", "high90")]
    known = [end for end in ends if end is not None]
    low = min([margin[0], *known]) - 0.05
    high = max([margin[1], *known]) + 0.05
    return {"domain": [max(0.0, low), min(1.0, high)], "nice": False, "clamp": True}


def _intervals(
    rows: Sequence[Row],
    margin: tuple[float, float],
    field: str,
    *,
    of: str = "accuracy",
    title: str = _X,
) -> list[Spec]:
    scale = _domain(rows, margin)
    y = name(
        field,
        None,
        sort=None,
        axis={"labelLimit": 260, "labelPadding": 8, "domain": False, "ticks": False},
    )
    axis = {"tickCount": 8}  # more of them touch one another
    x = share(of, title, scale=scale, axis=axis)
    return [
        {
            "data": values({"low": margin[0], "high": margin[1]}),
            "mark": {"type": "rect", "color": ACCENT, "opacity": 0.14},
            "encoding": {
                "x": number("low", title, scale=scale, axis={"format": ".0%", **axis}),
                "x2": {"field": "high"},
            },
        },
        {
            **rule(x=number("chance", title, scale=scale, axis={"format": ".0%", **axis})),
            "data": values({"chance": 0.5}),
        },
        {
            "data": ROWS,
            "mark": {"type": "rule", "color": LINE, "strokeWidth": 1.5},
            "encoding": {
                "y": y,
                "x": share("low95", title, scale=scale, axis=axis),
                "x2": {"field": "high95"},
            },
        },
        {
            "data": ROWS,
            "mark": {"type": "rule", "color": LINE, "strokeWidth": 6},
            "encoding": {
                "y": y,
                "x": share("low90", title, scale=scale, axis=axis),
                "x2": {"field": "high90"},
            },
        },
        {
            "data": ROWS,
            "mark": {"type": "point", "filled": True, "opacity": 1, "size": 110, "color": "black"},
            "encoding": {"y": y, "x": x},
        },
    ]


def verdict_drawing(rows: Sequence[Row], *, margin: tuple[float, float]) -> Drawing:
    """Draw rows {what, accuracy, low95, high95, low90, high90}: as planned, and with everybody."""
    return Drawing(
        name="verdict",
        title="How well real and artificial were told apart",
        caption="Dot: balanced accuracy averaged over raters. Thick line: 90 % interval; thin "
        "line: 95 % interval, for new raters and new images. Dashed: guessing. Band: differences "
        f"that count as none ({margin[0]:.0%} to {margin[1]:.0%}).",
        alt="Balanced accuracy with its intervals, against chance and the margin.",
        rows=rows,
        spec={
            "width": 520,
            "height": {"step": 44},
            "layer": _intervals(rows, margin, "what"),
        },
    )


def pairs_drawing(rows: Sequence[Row], *, margin: tuple[float, float]) -> Drawing:
    """Draw rows {what, right, low95, high95, low90, high90}: as planned, and with everybody."""
    return Drawing(
        name="verdict",
        title="In how many pairs the artificial image was picked",
        caption="Dot: part of the pairs judged rightly. Thick line: 90 % interval; thin line: 95 % "
        "interval, for new raters and new pairs. Dashed: guessing. Band: differences that count as "
        f"none ({margin[0]:.0%} to {margin[1]:.0%}).",
        alt="Part of the pairs judged rightly with its intervals, against chance and the margin.",
        rows=rows,
        spec={
            "width": 520,
            "height": {"step": 44},
            "layer": _intervals(
                rows, margin, "what", of="right", title="Pairs judged rightly (50 % is guessing)"
            ),
        },
    )


def arms_drawing(rows: Sequence[Row], *, margin: tuple[float, float]) -> Drawing:
    """Draw rows {arm, accuracy, low95, high95, low90, high90}, one a generator."""
    return Drawing(
        name="arms",
        title="Generators side by side, against the same real images",
        caption="Each generator's artificial images against the real ones that all of them share; "
        "lines as in the figure of the verdict. The nearer to the dashed line, the harder to tell.",
        alt="Balanced accuracy of each generator with its intervals.",
        rows=rows,
        spec={
            "width": 520,
            "height": {"step": 44},
            "layer": _intervals(rows, margin, "arm"),
        },
    )
