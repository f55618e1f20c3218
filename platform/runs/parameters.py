"""A run's parameters with their meaning: what differs from the default comes first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipeline import codec
from runs.errors import RunRefused
from runs.models import Run
from runs.specs import spec_class


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    name: str
    value: str
    unit: str
    help: str
    is_default: bool


def parameter_rows(run: Run) -> list[Parameter]:
    """One row a field of the spec; a field that this version no longer knows is shown as it is."""
    try:
        known = {info.name: info for info in codec.fields_of(spec_class(run.stage))}
    except RunRefused:
        known = {}
    rows = []
    for name, value in run.spec.items():
        info = known.get(name)
        default = codec.to_jsonable(info.default) if info else None
        rows.append(
            Parameter(
                name=name.replace("_", " "),
                value=value_text(value),
                unit=info.param.unit if info else "",
                help=info.param.help if info else "",
                is_default=info is not None and default == value,
            )
        )
    return sorted(rows, key=lambda row: row.is_default)


def value_text(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list):
        numbers = all(isinstance(item, int | float) for item in value)
        if numbers and len(value) == 2:
            return f"{value[0]:g} to {value[1]:g}"
        return ", ".join(value_text(item) for item in value)
    return str(value)
