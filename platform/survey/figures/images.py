"""Figures of images: which ones fooled, and whom."""

from __future__ import annotations

from collections.abc import Sequence

from survey.figures.drawing import (
    ACCENT,
    ROWS,
    Drawing,
    Row,
    Spec,
    by_truth,
    number,
    rule,
    share,
    values,
)

_Y = "Raters who were wrong"


def images_drawing(rows: Sequence[Row]) -> Drawing:
    """Draw rows {rank, image, truth, part_wrong, low, high, ...}, the most difficult first."""
    return Drawing(
        name="images",
        title="Which images raters were wrong about",
        caption="One point an image, with its 95 % interval (Wilson) over raters, sorted by how "
        "many were wrong: an artificial image called real, or a real one called artificial. "
        "Dashed: half of the raters.",
        alt="Part of raters who were wrong about each image, sorted.",
        rows=rows,
        spec=_ranked("Images, the most difficult first", by_truth()),
    )


def ranked_pairs_drawing(rows: Sequence[Row]) -> Drawing:
    """Draw rows {rank, pair, part_wrong, low, high, ...}, the most difficult first."""
    return Drawing(
        name="pairs",
        title="Which pairs raters were wrong about",
        caption="One point a pair, with its 95 % interval (Wilson) over raters, sorted by how many "
        "took its real image for the artificial one. Dashed: half, as guessing gives.",
        alt="Part of raters who were wrong about each pair, sorted.",
        rows=rows,
        spec=_ranked("Pairs, the most difficult first", {"color": {"value": ACCENT}}),
    )


def _ranked(title: str, look: Spec) -> Spec:
    """Points with their intervals from left to right; `look` encodes colours and shapes."""
    x = number(
        "rank",
        title,
        scale={"zero": False, "nice": False, "padding": 12},
        axis={"labels": False, "ticks": False, "grid": False},
    )
    return {
        "width": 520,
        "height": 300,
        "layer": [
            {**rule(y=share("half", _Y)), "data": values({"half": 0.5})},
            {
                "data": ROWS,
                "mark": {"type": "rule", "opacity": 0.4},
                "encoding": {
                    "x": x,
                    "y": share("low", _Y),
                    "y2": {"field": "high"},
                    "color": look["color"],
                },
            },
            {
                "data": ROWS,
                "mark": {"type": "point", "filled": True, "opacity": 1, "size": 70},
                "encoding": {"x": x, "y": share("part_wrong", _Y), **look},
            },
        ],
    }
