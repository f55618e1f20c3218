"""What these answers do not give is "undefined", with its reason; never 0, NaN or an error."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Undefined:
    """A figure that these answers do not give; `reason` is a sentence."""

    reason: str

    def __str__(self) -> str:
        return "undefined"


Figure = float | Undefined
