"""Figures as JSON: names stay, what is undefined says why, and NaN never gets out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

import numpy as np

from survey.statistics.undefined import Undefined


def to_json(value: Any) -> Any:
    """Turn dataclasses, tuples and arrays into what `json.dumps(..., allow_nan=False)` takes.

    An `Undefined` becomes {"undefined": reason}; a named tuple an object; infinity "infinite".
    Properties that a class names in `told` stand beside its fields.
    Raises TypeError on anything else.
    """
    if isinstance(value, Undefined):
        return {"undefined": value.reason}
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, np.generic | np.ndarray):
        return to_json(value.tolist())
    if isinstance(value, int | float):
        return _number(value)
    if is_dataclass(value) and not isinstance(value, type):
        names = [*(one.name for one in fields(value)), *getattr(value, "told", ())]
        return {name: to_json(getattr(value, name)) for name in names}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: to_json(part) for name, part in value._asdict().items()}
    if isinstance(value, Mapping):
        return {str(name): to_json(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(part) for part in value]
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _number(value: float) -> Any:
    if math.isnan(value):
        return {"undefined": "The computation gave no number."}
    if math.isinf(value):
        return "infinite" if value > 0 else "minus infinite"
    return value
