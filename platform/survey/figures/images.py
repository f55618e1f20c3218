"""Figures of images: which ones fooled, and whom."""

from __future__ import annotations

from collections.abc import Sequence

from survey.figures.drawing import ROWS, Drawing, Row, by_truth, number, rule, share, values


def images_drawing(rows: Sequence[Row]) -> Drawing:
    """Draw rows {rank, image, truth, called_artificial, low, high, n}, sorted by the part."""
    x = number("rank", "Images, sorted", axis={"labels": False, "ticks": False, "grid": False})
    y = share("called_artificial", "Raters who called it artificial")
    return Drawing(
        name="images",
        title="Which images were called artificial",
        caption="One point an image, with its 95 % interval (Wilson) over raters. Artificial "
        "images at the bottom fooled nearly everybody; real ones at the top were taken for "
        "computed.",
        alt="Part of raters who called each image artificial, sorted.",
        rows=rows,
        spec={
            "width": 520,
            "height": 300,
            "layer": [
                {**rule(y=share("half", y["title"])), "data": values({"half": 0.5})},
                {
                    "data": ROWS,
                    "mark": {"type": "rule", "opacity": 0.4},
                    "encoding": {
                        "x": x,
                        "y": share("low", "Raters who called it artificial"),
                        "y2": {"field": "high"},
                        "color": by_truth()["color"],
                    },
                },
                {
                    "data": ROWS,
                    "mark": {"type": "point", "filled": True, "opacity": 1, "size": 70},
                    "encoding": {"x": x, "y": y, **by_truth()},
                },
            ],
        },
    )
