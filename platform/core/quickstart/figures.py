"""The few figures of a finished quickstart that its page shows; the report has all."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

RESULT = "result.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    name: str
    value: str
    note: str


def _count(value: float) -> str:
    return f"{value:,.0f}"


def _fraction(value: float) -> str:
    return f"{value:.3f}"


# Metrics are named by stage; which there are depends on what there was to compare with.
_SHOWN: tuple[tuple[str, str, str, Callable[[float], str]], ...] = (
    ("evaluate/foreground_iou", "Foreground IoU", "mean over images", _fraction),
    ("evaluate/f1", "F1 at IoU 0.5", "mean over images", _fraction),
    ("segment-predict/images", "Images", "measured", _count),
    ("segment-predict/particles", "Particles", "found", _count),
    ("segment-predict/counted", "Particles", "that count for the sizes", _count),
)


def key_figures(run: Path) -> list[Figure]:
    try:
        result = json.loads((run / RESULT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    metrics = result.get("metrics") if isinstance(result, dict) else None
    if not isinstance(metrics, dict):
        return []
    return [
        Figure(name=name, value=form(metrics[key]), note=note)
        for key, name, note, form in _SHOWN
        if isinstance(metrics.get(key), int | float)
    ]
