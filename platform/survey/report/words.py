"""Figures of an analysis document in words: sensible digits, intervals, and "undefined"."""

from __future__ import annotations

from typing import Any

UNDEFINED = "undefined"
NOT_GIVEN = "\N{EN DASH}"  # no interval is computed for this figure
NO_INTERVAL = f"{NOT_GIVEN}: no interval is computed for it."


def defined(value: Any) -> bool:
    """Whether a part of the document is a figure, not the reason why there is none."""
    return value is not None and not (isinstance(value, dict) and "undefined" in value)


def why(value: Any) -> str:
    """The reason why there is no figure; empty where there is one."""
    return value["undefined"] if isinstance(value, dict) and "undefined" in value else ""


def counted(count: int, what: str) -> str:
    """A number of things: "1 rater", "20 raters"."""
    return f"{count} {what}{'' if count == 1 else 's'}"


def part(value: Any) -> str:
    """A part of 1 in per cent."""
    return f"{100 * _float(value):.0f} %" if defined(value) else UNDEFINED


def number(value: Any, digits: int = 2) -> str:
    if not defined(value):
        return UNDEFINED
    if isinstance(value, str):
        return value  # "infinite"
    return f"{round(_float(value), digits) + 0.0:.{digits}f}"  # + 0.0: no "-0.00"


def p_value(value: Any) -> str:
    if not defined(value):
        return UNDEFINED
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def equals(value: Any) -> str:
    """A p value as it follows the letter: "= 0.041", "< 0.001"."""
    told = p_value(value)
    return told if told.startswith("<") else f"= {told}"


def interval(value: Any, *, digits: int | None = None) -> str:
    """Give the ends of an interval, in per cent unless `digits` is given; empty if undefined."""
    found = value["interval"] if isinstance(value, dict) and "interval" in value else value
    if not defined(found):
        return ""
    low, high = found["low"], found["high"]
    if digits is None:
        return f"{100 * low:.0f} to {100 * high:.0f} %"
    return f"{number(low, digits)} to {number(high, digits)}"


def reach(value: Any, *, digits: int | None = None) -> str:
    """The same for a table's cell: "undefined" where there is none, and the note says why."""
    return interval(value, digits=digits) or UNDEFINED


def seconds(value_ms: Any) -> str:
    return f"{value_ms / 1000:.1f} s" if defined(value_ms) else UNDEFINED


def undefined_note(note: str, *values: Any) -> str:
    """A table's note, and why some of its figures are undefined."""
    reasons = dict.fromkeys(reason for reason in map(why, values) if reason)
    return f"{note} Undefined: {' '.join(reasons)}".strip() if reasons else note


def _float(value: Any) -> float:
    return float(value["value"] if isinstance(value, dict) else value)
