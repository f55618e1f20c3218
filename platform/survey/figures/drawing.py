"""A figure: rows of data, and how they are drawn; as SVG, PNG and CSV.

Specs are Vega-Lite, rendered by vl-convert in this process: pages run no chart script.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.cells import safe_cell

# Okabe and Ito's colours, darkened where the ground is white; shapes tell the same.
REAL, ARTIFICIAL, ACCENT, QUIET, LINE = "#005f96", "#a83f00", "#00694e", "#8a8a8a", "#555555"
TRUTH = {"domain": ["real", "artificial"], "range": [REAL, ARTIFICIAL]}
SHAPES = {"domain": ["real", "artificial"], "range": ["circle", "diamond"]}
# How a rater enters the figures; hollow and dashed tell the second beside the words.
COUNTS, LEFT_OUT, TOGETHER = "a rater who counts", "left out as planned", "all together"
PNG_SCALE = 2.0
# Texts of an SVG are measured in the first of these and drawn in what a reader's machine has; where
# that is wider, the beginnings of long labels need room.
FONTS, ROOM = "Liberation Sans, Arial, Helvetica, sans-serif", 32

Spec = dict[str, Any]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """One figure of a study; `rows` are what it shows, `spec` is without its data.

    `spec` names the rows as the dataset "rows" (Vega-Lite's named data).
    """

    name: str
    title: str
    caption: str
    alt: str
    rows: Sequence[Row]
    spec: Spec
    # Of the data, in their order, which a database that stores the rows as JSON may not keep.
    columns: Sequence[str] = ()

    @property
    def full_spec(self) -> Spec:
        return {
            "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
            "background": "white",
            "padding": {"left": ROOM, "top": 8, "right": 8, "bottom": 8},
            "config": {
                "font": FONTS,
                "axis": {"gridColor": "#ececec", "domainColor": LINE, "tickColor": LINE},
                # At its place also at the ends: pushed inwards it would touch its neighbour.
                "axisX": {"labelFlush": False, "labelOverlap": True},
                "view": {"stroke": "#cfcfcf"},
                "legend": {"orient": "bottom", "columnPadding": 24},
            },
            "datasets": {"rows": list(self.rows)},
            **self.spec,
        }

    def svg(self) -> str:
        # Loaded when a figure is asked for: it brings an engine of its own along.
        import vl_convert

        return vl_convert.vegalite_to_svg(self.full_spec)

    def png(self) -> bytes:
        import vl_convert

        return vl_convert.vegalite_to_png(self.full_spec, scale=PNG_SCALE)

    def csv(self) -> str:
        return csv_of(self.rows, self.columns or columns_of(self.rows))


def columns_of(rows: Sequence[Row]) -> tuple[str, ...]:
    """The names in rows, in the order in which they come."""
    return tuple(dict.fromkeys(name for row in rows for name in row))


def csv_of(rows: Sequence[Row], columns: Sequence[str]) -> str:
    """Rows as CSV; no text in it is taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([safe_cell(row.get(name)) for name in columns] for row in rows)
    return out.getvalue()


ROWS: Spec = {"name": "rows"}


def values(*rows: Row) -> Spec:
    """Data of a layer that belongs to the frame, not to the study: a line of chance."""
    return {"values": list(rows)}


def number(field: str, title: str | None, **more: Any) -> Spec:
    return {"field": field, "type": "quantitative", "title": title, **more}


def share(field: str, title: str, **more: Any) -> Spec:
    """A part of 1, shown in per cent."""
    scale = {"domain": [0, 1], **more.pop("scale", {})}
    axis = {"format": ".0%", **more.pop("axis", {})}
    return number(field, title, scale=scale, axis=axis, **more)


def name(field: str, title: str | None, **more: Any) -> Spec:
    return {"field": field, "type": "nominal", "title": title, **more}


def by_truth(field: str = "truth", title: str | None = None) -> Spec:
    """Colour and shape of real and artificial, with one legend."""
    return {
        "color": name(field, title, scale=TRUTH),
        "shape": name(field, title, scale=SHAPES),
    }


def rule(**encoding: Any) -> Spec:
    """A dashed line of reference."""
    return {"mark": {"type": "rule", "color": QUIET, "strokeDash": [5, 4]}, "encoding": encoding}
