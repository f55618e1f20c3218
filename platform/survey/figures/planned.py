"""The intervals that a design is expected to give, and the power of designs that were tried."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from survey.figures.accuracy import pairs_drawing, verdict_drawing
from survey.figures.drawing import ACCENT, ROWS, Drawing, Row, number, rule, share, values


def planned_drawing(answer: dict[str, Any]) -> Drawing:
    """Draw an average study of the people expected, and one of raters who guess.

    answer : dict
        `survey.statistics.planner.Plan.as_json`.
    """
    of_pairs = bool(answer["design"].get("pairs"))  # not in answers of earlier versions
    of = "right" if of_pairs else "accuracy"
    rows = [_row("As expected", answer["as_expected"], of)]
    rows.append(_row("Guessing", answer["at_chance"], of))
    low, high = answer["margin"]
    true = "part of pairs judged rightly" if of_pairs else "balanced accuracy"
    return replace(
        (pairs_drawing if of_pairs else verdict_drawing)(rows, margin=(low, high)),
        name="planned",
        title="What an average study of this design would show",
        caption=f"Dot: true {true}. Thick line: 90 % interval of average width; thin "
        "line: 95 % interval. Dashed: guessing. Band: the margin. “Equivalent” needs the thick "
        "line in the band.",
        alt="Expected intervals against chance and the margin; the numbers are in the table.",
    )


def search_drawing(search: dict[str, Any]) -> Drawing:
    """Draw how often each design that was tried reaches the goal, against the wanted power.

    search : dict
        `survey.statistics.planner_search.Search` as JSON.
    """
    vary = search["vary"]
    of_pairs = any(trial["design"].get("pairs") for trial in search["trials"])
    noun = "pairs" if of_pairs and vary == "images" else vary
    rows: list[Row] = []
    for trial in search["trials"]:
        design, power = trial["design"], trial["power"]
        images = design["artificial"] if of_pairs else design["artificial"] + design["real"]
        size = design["raters"] if vary == "raters" else images
        low, high = power["value"] - 2 * power["se"], power["value"] + 2 * power["se"]
        rows.append(
            {noun: size, "power": power["value"], "low": max(low, 0.0), "high": min(high, 1.0)}
        )
    rows.sort(key=lambda row: row[noun])
    x = number(
        noun,
        noun.capitalize(),
        scale={"zero": False, "nice": False, "padding": 24},
        axis={"values": [row[noun] for row in rows], "format": "d"},
    )
    y = share("power", "Studies that conclude it")
    layers = [
        {
            **rule(y=share("target", "Studies that conclude it")),
            "data": values({"target": search["target"]}),
        },
        {
            "data": ROWS,
            "mark": {"type": "rule", "color": ACCENT, "strokeWidth": 1.5},
            "encoding": {
                "x": x,
                "y": share("low", "Studies that conclude it"),
                "y2": {"field": "high"},
            },
        },
        {
            "data": ROWS,
            "mark": {"type": "point", "filled": True, "size": 70, "color": ACCENT},
            "encoding": {"x": x, "y": y},
        },
    ]
    return Drawing(
        name="search",
        title="Designs that were tried",
        caption="Dot: how many of the simulated studies conclude it; line: two standard errors to "
        "either side. Dashed: the power that was asked for.",
        alt=f"Power against the number of {noun}; the numbers are in the table.",
        rows=rows,
        spec={"width": 560, "height": 240, "layer": layers},
    )


def _row(what: str, found: dict[str, Any], of: str) -> Row:
    row: Row = {"what": what, of: found["accuracy"]}
    for level in ("95", "90"):
        half = found[f"half_width{level}"]
        # No simulated study had an interval: there is none to draw, not one without width.
        row[f"low{level}"] = half and max(found["accuracy"] - half["value"], 0.0)
        row[f"high{level}"] = half and min(found["accuracy"] + half["value"], 1.0)
    return row
