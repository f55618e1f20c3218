"""The parameters that were drawn for an image, as people read them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

# Names tell their units; the longest ending that fits counts.
UNITS = {
    "_px_per_um": "px/µm",
    "_nm": "nm",
    "_px": "px",
    "_deg": "°",
    "_grey": "grey levels",
    "_electrons": "electrons",
    "_s": "s",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterRow:
    name: str
    value: str
    unit: str
    drawn_from: str  # the range of the run's spec; empty where it says none


def parameter_rows(parameters: dict[str, Any], spec: dict[str, Any]) -> list[ParameterRow]:
    return [_row(name, value, spec.get(name)) for name, value in parameters.items()]


def _row(name: str, value: Any, asked: Any) -> ParameterRow:
    ending = next((ending for ending in UNITS if name.endswith(ending)), "")
    words = name.removesuffix(ending).replace("_", " ")
    return ParameterRow(
        name=words[:1].upper() + words[1:],
        value=_text(value),
        unit=UNITS.get(ending, ""),
        drawn_from=_range(asked),
    )


def _range(asked: Any) -> str:
    if isinstance(asked, Iterable) and not isinstance(asked, str | dict):
        ends = list(asked)
        if len(ends) == 2 and all(isinstance(end, int | float) for end in ends):
            return f"{_text(ends[0])} to {_text(ends[1])}"
    return ""


def _text(value: Any) -> str:
    """Three digits are more than a picture shows."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if value == 0 or 1e-4 <= abs(value) < 1e6:
        return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"
    return f"{value:.2e}"
