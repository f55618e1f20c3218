"""An interval of plausible values. Its ends belong to it."""

from __future__ import annotations

from typing import NamedTuple


class Interval(NamedTuple):
    """Closed, `low` <= `high`; the level is its maker's to tell."""

    low: float
    high: float

    @property
    def half_width(self) -> float:
        return (self.high - self.low) / 2

    def clipped(self, low: float = 0.0, high: float = 1.0) -> Interval:
        """Cut to what the quantity can be; an interval wholly outside shrinks to the near end."""
        return Interval(float(min(max(self.low, low), high)), float(min(max(self.high, low), high)))


def check_level(level: float) -> None:
    """Refuse 95 where 0.95 is meant."""
    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, such as 0.95; this is {level}")
