"""What a stage says meanwhile: one JSON object a line on standard output."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline import codec
from pipeline.errors import SpecRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """`done` of `total` units; `seconds_left` is None until it can be told."""

    event: Literal["progress"] = "progress"
    done: int
    total: int
    unit: str
    phase: str
    seconds_left: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One value of a curve."""

    event: Literal["metric"] = "metric"
    name: str
    value: float
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """An image worth looking at; `path` is relative to the output folder."""

    event: Literal["sample"] = "sample"
    path: str
    caption: str
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """A sentence for people."""

    event: Literal["log"] = "log"
    level: Literal["info", "warning", "error"]
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The stage has ended well; `path` is its result.json, relative to the output folder."""

    event: Literal["result"] = "result"
    path: str
    seconds: float


Event = Progress | Metric | Sample | Log | Finished
_EVENT_OF: dict[str, type[Event]] = {
    "progress": Progress,
    "metric": Metric,
    "sample": Sample,
    "log": Log,
    "result": Finished,
}


def event_to_json(event: Event) -> str:
    """Return an event as one line of JSON, without the line's end."""
    return codec.dump_line(event)


def event_from_json(line: str) -> Event:
    """Read one line that a stage wrote to standard output."""
    data = codec.parse_json(line, source="event")
    kind = data.get("event") if isinstance(data, dict) else None
    if kind not in _EVENT_OF:
        raise SpecRefused("event", f"{kind!r} is not one of {', '.join(_EVENT_OF)}")
    return codec.from_jsonable(_EVENT_OF[kind], data)
