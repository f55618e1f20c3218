"""Answers over the time, as bars of a plot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

_BINS = 24


@dataclass(frozen=True, slots=True)
class Bar:
    """Answers in one part of the time since the first, as a rectangle of a plot 100 by 40."""

    x: str
    y: str
    width: str
    height: str
    count: int


# What a bar may stand for.
_SPANS = (
    (timedelta(minutes=1), "minute"),
    (timedelta(minutes=5), "5 minutes"),
    (timedelta(minutes=30), "half hour"),
    (timedelta(hours=2), "2 hours"),
    (timedelta(hours=6), "6 hours"),
    (timedelta(days=1), "day"),
    (timedelta(days=7), "week"),
)


def bars_of(answers: Sequence[tuple[datetime, int]], *, until: datetime) -> tuple[list[Bar], str]:
    """Answers over the time, in equal parts, at most `_BINS` of them (or weeks, however many).

    `answers` are moments in order, with how many answers came at each.
    """
    if not answers:
        return [], ""
    first = answers[0][0]
    whole = max(until, answers[-1][0]) - first
    span, name = next((one for one in _SPANS if one[0] * _BINS > whole), _SPANS[-1])
    bins = int(whole / span) + 1
    counts: Counter[int] = Counter()
    for at, count in answers:
        counts[int((at - first) / span)] += count
    most = max(counts.values())
    bars = [
        Bar(
            x=f"{100 * place / bins:.2f}",
            y=f"{40 - 40 * counts[place] / most:.2f}",
            width=f"{90 / bins:.2f}",
            height=f"{40 * counts[place] / most:.2f}",
            count=counts[place],
        )
        for place in range(bins)
    ]
    return bars, name
