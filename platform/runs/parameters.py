"""A run's parameters with their meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipeline import codec
from runs.errors import RunRefused
from runs.labels import label_of, number_text
from runs.models import Run
from runs.specs import spec_class

ELSEWHERE = {"seed", "device", "threads"}  # said of the run itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    name: str
    value: str
    unit: str
    help: str
    is_default: bool


def parameter_rows(run: Run) -> list[Parameter]:
    """One row for each field of the spec; one that this version does not know is shown as it is."""
    known = _fields_of(run.stage)
    rows = []
    for name, value in run.spec.items():
        if name in ELSEWHERE:
            continue
        info = known.get(name)
        default = codec.to_jsonable(info.default) if info else None
        rows.append(
            Parameter(
                name=label_of(name),
                value=value_text(value),
                unit=info.param.unit if info and value is not None else "",
                help=info.param.help if info else "",
                is_default=info is not None and default == value,
            )
        )
    return rows


def units_of(stage: str) -> dict[str, str]:
    """The unit of each parameter of a stage that has one."""
    found = _fields_of(stage)
    return {name: info.param.unit for name, info in found.items() if info.param.unit}


def _fields_of(stage: str) -> dict[str, codec.FieldInfo]:
    """The fields of a spec by name; of a stage that this version does not know, none."""
    try:
        return {info.name: info for info in codec.fields_of(spec_class(stage))}
    except RunRefused:
        return {}


def value_text(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, list):
        numbers = all(isinstance(item, int | float) for item in value)
        if numbers and len(value) == 2:
            return f"{value_text(value[0])} to {value_text(value[1])}"
        return ", ".join(value_text(item) for item in value)
    return str(value)
