"""What the figures of signal detection say, in sentences for people who do not know them."""

from __future__ import annotations

from survey.statistics.sdt import (
    Counts,
    criterion,
    d_prime,
    false_alarm_rate,
    hit_rate,
)
from survey.statistics.undefined import Undefined

# Below it nothing is called a lean: half of one answer in ten either way.
SLIGHT = 0.25


def told_apart(counts: Counts, *, who: str, verb: str = "told") -> str:
    """Say how well real and artificial were told apart; descriptive, no test."""
    value = d_prime(counts)
    if isinstance(value, Undefined):
        return f"Whether {who} can tell them apart cannot be said. {value.reason}"
    if abs(value) < SLIGHT:
        told = f"{_cap(who)} {verb} them apart no better than a coin would"
        return f"{told} (d-prime {round(value, 2) + 0.0:.2f})."
    if value < 0:
        return (
            f"{_cap(who)} took artificial images for real and real ones for artificial more often "
            f"than a coin would (d-prime {value:.2f})."
        )
    how = "a little" if value < 0.75 else "in part" if value < 1.5 else "well"
    how = "almost always" if value >= 3 else how
    return f"{_cap(who)} {verb} them apart {how} (d-prime {value:.2f}; 0 is guessing)."


def leaned(counts: Counts, *, who: str) -> str:
    """Say which answer came more easily."""
    value = criterion(counts)
    if isinstance(value, Undefined):
        return f"Which answer {who} leaned to cannot be said. {value.reason}"
    if abs(value) < SLIGHT:
        return f"Neither answer came more easily (criterion {_signed(value)})."
    side = "“real”" if value > 0 else "“artificial”"
    return f"When in doubt {who} said {side} (criterion {_signed(value)}; 0 is no lean)."


def fooled(counts: Counts) -> str:
    """Say the two rates in counts."""
    parts = []
    if not isinstance(hit_rate(counts), Undefined):
        parts.append(
            f"{counts.misses} of {counts.artificial} judgements of artificial images said “real”"
        )
    if not isinstance(false_alarm_rate(counts), Undefined):
        parts.append(f"{counts.false_alarms} of {counts.real} of real images said “artificial”")
    return ("; ".join(parts) + ".") if parts else "No image was judged."


def _signed(value: float) -> str:
    return f"{round(value, 2) + 0.0:+.2f}"  # + 0.0: no "-0.00"


def _cap(text: str) -> str:
    return text[:1].upper() + text[1:]
