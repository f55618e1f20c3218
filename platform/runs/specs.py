"""A run's spec: checked when it is asked for, completed with folders when it starts.

The fields of a spec that name a path are a run's inputs. They are not stored with the spec: where
the files lie is decided by `runs.workspace` when the stage starts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_origin

from pipeline import codec
from pipeline.contracts import SPEC_OF, VERSION, StageSpec, spec_from_json, spec_to_json
from pipeline.errors import SpecRefused
from runs.errors import RunRefused

_PLACEHOLDER = "input"


@dataclass(frozen=True, slots=True, kw_only=True)
class PathField:
    """A field of a stage's spec that names a path, so an input."""

    name: str
    many: bool  # takes several folders
    required: bool


def path_fields(stage: str) -> dict[str, PathField]:
    """The inputs that a stage takes, in the order of its spec."""
    return {
        info.name: PathField(
            name=info.name, many=get_origin(info.type) is tuple, required=info.required
        )
        for info in codec.fields_of(spec_class(stage))
        if info.param.path
    }


def spec_class(stage: str) -> type[StageSpec]:
    if stage not in SPEC_OF:
        raise RunRefused("stage", f"{stage!r} is not one of {', '.join(SPEC_OF)}.")
    return SPEC_OF[stage]


def checked_spec(stage: str, asked: Mapping[str, Any], inputs: Iterable[str]) -> dict[str, Any]:
    """The whole spec, defaults written out, without its inputs; `inputs` names their fields.

    Raises RunRefused, which names the first field that is wrong.
    """
    fields, counts = path_fields(stage), _counted(inputs)
    values = {name: value for name, value in asked.items() if name not in ("stage", "version")}
    for name in counts:
        if name not in fields:
            raise RunRefused(name, f"is not an input of {stage}.")
        if counts[name] > 1 and not fields[name].many:
            raise RunRefused(name, "takes one input.")
    for field in fields.values():
        if values.pop(field.name, None):
            raise RunRefused(field.name, "is an input: choose a run, a version or files for it.")
        if field.required and field.name not in counts:
            raise RunRefused(field.name, "is missing: choose what the stage reads.")
    paths = {name: [_PLACEHOLDER] * count for name, count in counts.items()}
    spec = _built(stage, values, paths)
    return {name: value for name, value in codec.to_jsonable(spec).items() if name not in fields}


def stage_text(stage: str, stored: Mapping[str, Any], paths: Mapping[str, list[str]]) -> str:
    """The spec that the stage reads, with the folders of its inputs; the same bytes each time."""
    return spec_to_json(_built(stage, stored, paths))


def _built(stage: str, values: Mapping[str, Any], paths: Mapping[str, list[str]]) -> StageSpec:
    fields = path_fields(stage)
    placed = {name: found if fields[name].many else found[0] for name, found in paths.items()}
    try:
        text = json.dumps({"stage": stage, "version": VERSION, **values, **placed})
        return spec_from_json(text)
    except SpecRefused as error:
        raise RunRefused(error.field, error.reason) from None
    except (TypeError, ValueError) as error:
        raise RunRefused("spec", f"is no JSON ({error}).") from None


def _counted(names: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    return counts
