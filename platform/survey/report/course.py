"""The course of a session: errors, leans and times from the first image to the last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp
from typing import Any

from survey.figures.drawing import Drawing
from survey.report.content import Section
from survey.report.words import defined, why

Document = Mapping[str, Any]


def course_section(figures: Document, drawings: Sequence[Drawing]) -> Section:
    return Section(
        title="Over the session",
        paragraphs=[*_drifts(figures["course"]), *_slower(figures["times"])],
        drawings=drawings,
    )


def _drifts(course: Document) -> list[str]:
    """Changes over ten images, one sentence for all that changed in a known way."""
    right, lean, pace = (course[f"{name}_per_ten"] for name in ("right", "artificial", "log_ms"))
    told = [
        f"the part of right answers changed by {_points(right)}" if defined(right) else "",
        f"that of the answer “artificial” by {_points(lean)}" if defined(lean) else "",
        f"answers took {_factor(pace)} times as long" if defined(pace) else "",
    ]
    known = [one for one in told if one]
    if not known:
        return [f"Whether answers changed over the session cannot be said: {why(right)}"]
    *first, last = known
    unknown = [
        f"Whether {words} changed cannot be said: {why(slope)}"
        for words, slope in (
            ("the part of right answers", right),
            ("that of the answer “artificial”", lean),
            ("the times", pace),
        )
        if not defined(slope)
    ]
    return [f"Over ten images {', '.join(first)}{' and ' if first else ''}{last}.", *unknown]


def _points(slope: Document) -> str:
    # A straight line through few images runs beyond what a part can change by.
    value, low, high = (
        min(max(end, -1.0), 1.0)
        for end in (slope["value"], slope["interval"]["low"], slope["interval"]["high"])
    )
    return f"{100 * value:+.1f} points (95 % interval {100 * low:+.1f} to {100 * high:+.1f})"


def _slower(times: Document) -> list[str]:
    ratio = times["wrong_to_right"]
    if not defined(ratio):
        return [f"Whether wrong answers took longer than right ones cannot be said: {why(ratio)}"]
    return [f"Wrong answers took {_factor(ratio)} times as long as right ones."]


def _factor(log_ratio: Document) -> str:
    low, high = log_ratio["interval"]["low"], log_ratio["interval"]["high"]
    return f"{exp(log_ratio['value']):.2f} (95 % interval {exp(low):.2f} to {exp(high):.2f})"
