"""Charts as Vega-Lite specs, and as SVG for pages that run no script of others."""

from __future__ import annotations

from typing import Any

from survey.selectors.results import Results
from survey.statistics.undefined import Undefined

# Okabe and Ito's blue and vermilion, as in static/css/tokens.css.
_RATER, _POOLED, _LINE = "#005f96", "#a83f00", "#8a8a8a"


def rates_spec(results: Results) -> dict[str, Any]:
    """Hit rate against false-alarm rate: on the diagonal is guessing, above it telling apart."""
    rows = [
        {"who": row.name, "what": what, "false_alarms": row.false_alarm_rate, "hits": row.hit_rate}
        for row, what in [
            *((rater, "One rater") for rater in results.raters if rater.counted),
            (results.pooled, "All together"),
        ]
        if not isinstance(row.hit_rate, Undefined)
        and not isinstance(row.false_alarm_rate, Undefined)
    ]
    axis = {"type": "quantitative", "scale": {"domain": [0, 1]}, "axis": {"format": ".0%"}}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": 320,
        "height": 320,
        "background": "white",
        "config": {"font": "sans-serif", "axis": {"gridColor": "#e6e6e6"}},
        "layer": [
            {
                "data": {"values": [{"x": 0, "y": 0}, {"x": 1, "y": 1}]},
                "mark": {"type": "line", "color": _LINE, "strokeDash": [4, 4]},
                "encoding": {
                    "x": {"field": "x", "type": "quantitative"},
                    "y": {"field": "y", "type": "quantitative"},
                },
            },
            {
                "data": {"values": rows},
                "mark": {"type": "point", "strokeWidth": 2},
                "encoding": {
                    "x": {
                        "field": "false_alarms",
                        "title": "Real images called artificial (false alarms)",
                        **axis,
                    },
                    "y": {
                        "field": "hits",
                        "title": "Artificial images called artificial (hits)",
                        **axis,
                    },
                    "color": {
                        "field": "what",
                        "title": None,
                        "scale": {
                            "domain": ["One rater", "All together"],
                            "range": [_RATER, _POOLED],
                        },
                        "legend": {"orient": "bottom"},
                    },
                    "size": {
                        "field": "what",
                        "scale": {"domain": ["One rater", "All together"], "range": [60, 220]},
                        "legend": None,
                    },
                    "shape": {
                        "field": "what",
                        "title": None,
                        "scale": {
                            "domain": ["One rater", "All together"],
                            "range": ["circle", "diamond"],
                        },
                    },
                },
            },
        ],
    }


def svg_of(spec: dict[str, Any]) -> str:
    # Loaded when a chart is asked for: it brings an engine of its own along.
    import vl_convert

    return vl_convert.vegalite_to_svg(spec)
