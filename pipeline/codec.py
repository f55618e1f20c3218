"""Frozen dataclasses to JSON, back again, and to JSON Schema. Standard library only.

Fields are described where they are declared: ``Annotated[float, Param("Beam blur.", unit="px",
ge=0)]``. The same description validates a value, becomes the schema from which the platform
builds forms, and the help text of the command line.
"""

from __future__ import annotations

import dataclasses
import difflib
import functools
import json
import math
import types
import typing
from collections.abc import Mapping
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

from pipeline.errors import SpecRefused

T = TypeVar("T")

_JSON_TYPES = {int: "integer", float: "number", bool: "boolean", str: "string"}


@dataclasses.dataclass(frozen=True, slots=True)
class Param:
    """What people and programs need to know about one field.

    Parameters
    ----------
    help : str
        One sentence, shown in forms and on the command line.
    unit : str
        The unit of the value, e.g. ``"nm"``; empty for a pure number.
    ge, gt, le, lt : float, optional
        Bounds; for a tuple they hold for each item.
    ordered : bool
        The field is a (low, high) range; low must not exceed high.
    min_items : int
        Least number of items of a tuple.
    path : {"", "file", "folder"}
        The field names an input path; ``""`` if it does not.
    """

    help: str
    unit: str = ""
    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    lt: float | None = None
    ordered: bool = False
    min_items: int = 0
    path: Literal["", "file", "folder"] = ""


@dataclasses.dataclass(frozen=True, slots=True)
class FieldInfo:
    """One field of a spec with its plain type, its description and its default."""

    name: str
    type: Any
    param: Param
    required: bool
    default: Any


def fields_of(cls: type) -> tuple[FieldInfo, ...]:
    """Return the fields of a dataclass, annotations taken apart."""
    return _fields_of(cls)


@functools.cache
def _fields_of(cls: Any) -> tuple[FieldInfo, ...]:
    hints = typing.get_type_hints(cls, include_extras=True)
    found = []
    for field in dataclasses.fields(cls):
        hint, param = hints[field.name], Param("")
        if hasattr(hint, "__metadata__"):
            param = next((m for m in hint.__metadata__ if isinstance(m, Param)), param)
            hint = hint.__origin__
        default, required = field.default, False
        if default is dataclasses.MISSING:
            factory = field.default_factory
            required = factory is dataclasses.MISSING
            default = None if factory is dataclasses.MISSING else factory()
        found.append(FieldInfo(field.name, hint, param, required, default))
    return tuple(found)


def optional_inner(hint: Any) -> Any | None:
    """Return X for a type ``X | None`` and None for any other type."""
    if get_origin(hint) in (Union, types.UnionType):
        inner = [arg for arg in get_args(hint) if arg is not type(None)]
        if len(inner) == 1 and len(get_args(hint)) == 2:
            return inner[0]
    return None


# --- values -----------------------------------------------------------------------------------


def validate(instance: Any) -> None:
    """Check every field of a dataclass against its type and bounds.

    Raises
    ------
    SpecRefused
        Naming the first field that is wrong.
    """
    for info in fields_of(type(instance)):
        _check(getattr(instance, info.name), info.type, info.param, info.name)


def _check(value: Any, hint: Any, param: Param, path: str) -> None:
    inner = optional_inner(hint)
    if inner is not None:
        if value is not None:
            _check(value, inner, param, path)
        return
    origin = get_origin(hint)
    if origin is Literal:
        if value not in get_args(hint) or isinstance(value, bool):
            raise SpecRefused(path, f"{value!r} is not one of {_listed(get_args(hint))}")
    elif origin is tuple:
        _check_tuple(value, hint, param, path)
    elif origin is dict:
        _check_dict(value, hint, param, path)
    elif dataclasses.is_dataclass(hint):
        if not isinstance(value, typing.cast(type, hint)):
            raise SpecRefused(path, f"expected {hint}, got {type(value).__name__}")
        validate(value)
    else:
        _check_scalar(value, hint, param, path)


def _check_tuple(value: Any, hint: Any, param: Param, path: str) -> None:
    if not isinstance(value, tuple):
        raise SpecRefused(path, f"expected a list, got {type(value).__name__}")
    args = get_args(hint)
    if args[-1] is Ellipsis:
        items = [args[0]] * len(value)
        if len(value) < param.min_items:
            raise SpecRefused(path, f"needs at least {param.min_items} item(s)")
    else:
        items = list(args)
        if len(value) != len(items):
            raise SpecRefused(path, f"expected {len(items)} values, got {len(value)}")
    for position, (item, item_hint) in enumerate(zip(value, items, strict=True)):
        _check(item, item_hint, param, f"{path}[{position}]")
    if param.ordered and value[0] > value[1]:
        raise SpecRefused(path, f"low ({value[0]}) is above high ({value[1]})")


def _check_dict(value: Any, hint: Any, param: Param, path: str) -> None:
    if not isinstance(value, dict):
        raise SpecRefused(path, f"expected an object, got {type(value).__name__}")
    for key, item in value.items():
        if not isinstance(key, str):
            raise SpecRefused(path, f"key {key!r} is not text")
        _check(item, get_args(hint)[1], param, f"{path}.{key}")


def _check_scalar(value: Any, hint: Any, param: Param, path: str) -> None:
    if hint is Any:
        return
    # bool is a subclass of int in Python, but `true` particles is a mistake.
    if type(value) is not hint:
        shown = value if isinstance(value, (str, int, float, bool, type(None))) else type(value)
        raise SpecRefused(path, f"expected {_JSON_TYPES.get(hint, str(hint))}, got {shown!r}")
    if hint is float and not math.isfinite(value):
        raise SpecRefused(path, f"{value} is not a finite number")
    if hint in (int, float):
        _check_bounds(value, param, path)


def _check_bounds(value: float, param: Param, path: str) -> None:
    unit = f" {param.unit}" if param.unit else ""
    if param.ge is not None and value < param.ge:
        raise SpecRefused(path, f"{value} is below {param.ge:g}{unit}")
    if param.gt is not None and value <= param.gt:
        raise SpecRefused(path, f"{value} is not above {param.gt:g}{unit}")
    if param.le is not None and value > param.le:
        raise SpecRefused(path, f"{value} is above {param.le:g}{unit}")
    if param.lt is not None and value >= param.lt:
        raise SpecRefused(path, f"{value} is not below {param.lt:g}{unit}")


def _listed(values: tuple[Any, ...]) -> str:
    return ", ".join(str(value) for value in values)


# --- JSON -------------------------------------------------------------------------------------


def parse_json(text: str, *, source: str) -> Any:
    """Parse JSON, refusing a field that is given twice."""

    def no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                raise SpecRefused(key, "is given twice")
            found[key] = value
        return found

    try:
        return json.loads(text, object_pairs_hook=no_twins)
    except json.JSONDecodeError as error:
        raise SpecRefused(source, f"is not JSON ({error})") from None


def to_jsonable(value: Any) -> Any:
    """Return dataclasses as dicts and tuples as lists, ready for `json.dumps`."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            info.name: to_jsonable(getattr(value, info.name)) for info in fields_of(type(value))
        }
    if isinstance(value, (tuple, list)):
        return [to_jsonable(item) for item in value]
    if isinstance(value, Mapping):
        return {key: to_jsonable(item) for key, item in value.items()}
    return value


def dump_json(value: Any) -> str:
    """Return `value` as JSON text, one field a line, the same bytes each time."""
    return json.dumps(to_jsonable(value), indent=1, allow_nan=False, ensure_ascii=False) + "\n"


def dump_line(value: Any) -> str:
    """Return `value` as JSON text on a single line."""
    return json.dumps(to_jsonable(value), allow_nan=False, ensure_ascii=False)


def from_jsonable(cls: type[T], data: Any, *, path: str = "") -> T:
    """Build a dataclass from parsed JSON and validate it.

    Raises
    ------
    SpecRefused
        Naming an unknown field, a missing one, or one of a wrong type or value.
    """
    if not isinstance(data, dict):
        raise SpecRefused(path or cls.__name__, f"expected an object, got {type(data).__name__}")
    prefix = f"{path}." if path else ""
    known = {info.name: info for info in fields_of(cls)}
    for name in data:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"; did you mean {close[0]}?" if close else f"; known are {', '.join(known)}"
            raise SpecRefused(f"{prefix}{name}", f"unknown field{hint}")
    values = {}
    for name, info in known.items():
        if name in data:
            values[name] = _decode(data[name], info.type, f"{prefix}{name}")
        elif info.required:
            raise SpecRefused(f"{prefix}{name}", "is missing")
    built = cls(**values)
    try:
        validate(built)
    except SpecRefused as error:
        raise SpecRefused(f"{prefix}{error.field}", error.reason) from None
    return built


def _decode(value: Any, hint: Any, path: str) -> Any:
    inner = optional_inner(hint)
    if inner is not None:
        return None if value is None else _decode(value, inner, path)
    origin = get_origin(hint)
    if origin is tuple and isinstance(value, list):
        args = get_args(hint)
        hints = [args[0]] * len(value) if args[-1] is Ellipsis else list(args)
        if len(hints) != len(value):
            raise SpecRefused(path, f"expected {len(hints)} values, got {len(value)}")
        pairs = zip(value, hints, strict=True)
        return tuple(_decode(item, h, f"{path}[{i}]") for i, (item, h) in enumerate(pairs))
    if origin is dict and isinstance(value, dict):
        inner_hint = get_args(hint)[1]
        return {key: _decode(item, inner_hint, f"{path}.{key}") for key, item in value.items()}
    if dataclasses.is_dataclass(hint):
        return from_jsonable(typing.cast(type, hint), value, path=path)
    if hint is float and type(value) is int:  # JSON writes 2.0 as 2
        return float(value)
    return value


# --- JSON Schema ------------------------------------------------------------------------------


def json_schema(cls: type) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a dataclass, units as ``x-unit``."""
    properties = {}
    for info in fields_of(cls):
        node = _schema_of(info.type, info.param)
        node["title"] = info.name.replace("_", " ")
        if info.param.help:
            node["description"] = info.param.help
        if info.param.unit:
            node["x-unit"] = info.param.unit
        if info.param.path:
            node["x-path"] = info.param.path
        if not info.required:
            node["default"] = to_jsonable(info.default)
        properties[info.name] = node
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": cls.__name__,
        "description": (cls.__doc__ or "").strip().split("\n")[0],
        "type": "object",
        "properties": properties,
        "required": [info.name for info in fields_of(cls) if info.required],
        "additionalProperties": False,
    }


def _schema_of(hint: Any, param: Param) -> dict[str, Any]:
    inner = optional_inner(hint)
    if inner is not None:
        return {"anyOf": [_schema_of(inner, param), {"type": "null"}]}
    origin = get_origin(hint)
    if origin is Literal:
        return {"enum": list(get_args(hint))}
    if origin is tuple:
        return _tuple_schema(hint, param)
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema_of(get_args(hint)[1], param)}
    if dataclasses.is_dataclass(hint):
        return json_schema(typing.cast(type, hint))
    if hint is Any:
        return {}
    node: dict[str, Any] = {"type": _JSON_TYPES[hint]}
    if hint in (int, float):
        bounds = {
            "minimum": param.ge,
            "exclusiveMinimum": param.gt,
            "maximum": param.le,
            "exclusiveMaximum": param.lt,
        }
        node |= {name: bound for name, bound in bounds.items() if bound is not None}
    return node


def _tuple_schema(hint: Any, param: Param) -> dict[str, Any]:
    args = get_args(hint)
    node: dict[str, Any]
    if args[-1] is Ellipsis:
        node = {"type": "array", "items": _schema_of(args[0], param)}
        if param.min_items:
            node["minItems"] = param.min_items
        return node
    node = {
        "type": "array",
        "prefixItems": [_schema_of(arg, param) for arg in args],
        "items": False,
        "minItems": len(args),
        "maxItems": len(args),
    }
    if param.ordered:
        node["x-range"] = True
    return node
