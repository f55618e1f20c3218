"""What is known of the quickstart, in one JSON file: the launcher writes it, the pages read it."""

import json
import logging
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

logger = logging.getLogger(__name__)

Status = Literal["none", "running", "done", "failed", "stopped"]

FINAL = frozenset({"done", "failed", "stopped"})
# The launcher writes at least every 5 s; silence this long means that it was killed.
LOST_AFTER_S = 20.0
KEPT_LINES, KEPT_SAMPLES = 200, 24


@dataclass(slots=True, kw_only=True)
class Phase:
    name: str
    done: int = 0
    total: int = 0
    unit: str = ""
    seconds_left: float | None = None
    started_at: float = 0.0
    ended_at: float | None = None

    @property
    def percent(self) -> int:
        return min(100, 100 * self.done // self.total) if self.total else 0

    @property
    def seconds(self) -> float:
        return (self.ended_at or time.time()) - self.started_at


@dataclass(slots=True, kw_only=True)
class Sample:
    path: str
    caption: str


@dataclass(slots=True, kw_only=True)
class Line:
    level: str
    message: str


@dataclass(slots=True, kw_only=True)
class Record:
    status: Status = "none"
    run: str = ""  # name of its folder
    images: str = ""  # what the real micrographs are called; empty: simulated ones
    started_at: float = 0.0
    updated_at: float = 0.0
    ended_at: float | None = None
    phases: list[Phase] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    problem: str = ""

    @property
    def is_final(self) -> bool:
        return self.status in FINAL

    @property
    def seconds(self) -> float:
        return (self.ended_at or time.time()) - self.started_at

    @property
    def phase(self) -> Phase | None:
        return self.phases[-1] if self.phases else None

    @property
    def warnings(self) -> list[str]:
        return [line.message for line in self.lines if line.level in {"warning", "error"}]

    def take(self, event: dict[str, Any]) -> None:
        """Fold one event of a stage into the record; an event of a kind unknown here is no harm."""
        match event:
            case {"event": "progress", "phase": str(name), "done": int(done), "total": int(total)}:
                phase = self._enter(name)
                phase.done, phase.total = done, total
                phase.unit = str(event.get("unit", ""))
                phase.seconds_left = event.get("seconds_left")
            case {"event": "sample", "path": str(path), "caption": str(caption)}:
                self.samples = [s for s in self.samples if s.path != path]
                self.samples.append(Sample(path=path, caption=caption))
                del self.samples[:-KEPT_SAMPLES]
            case {"event": "log", "level": str(level), "message": str(message)}:
                self.lines.append(Line(level=level, message=message))
                del self.lines[:-KEPT_LINES]

    def _enter(self, name: str) -> Phase:
        if self.phase is not None and self.phase.name == name:
            return self.phase
        now = time.time()
        if self.phase is not None:
            self.phase.ended_at = now
        # A run that is resumed passes through phases again that it had been in.
        self.phases = [phase for phase in self.phases if phase.name != name]
        self.phases.append(Phase(name=name, started_at=now))
        return self.phases[-1]

    def end(self, status: Status, problem: str = "") -> None:
        self.status, self.problem, self.ended_at = status, problem, time.time()
        if self.phase is not None:
            self.phase.ended_at = self.ended_at
            self.phase.seconds_left = None


def load(path: Path) -> Record:
    """Read the record; a running one that nobody has written for long has been lost."""
    try:
        record = _read(path)
    except FileNotFoundError:
        return Record()
    except (ValueError, KeyError, TypeError):
        logger.warning("%s was written by another version; it is left out.", path)
        return Record()
    if record.status == "running" and time.time() - record.updated_at > LOST_AFTER_S:
        record.end("stopped", "Its process has gone without a word.")
        record.ended_at = record.updated_at
    return record


def _read(path: Path) -> Record:
    data = json.loads(path.read_text(encoding="utf-8"))
    data["phases"] = [Phase(**item) for item in data["phases"]]
    data["samples"] = [Sample(**item) for item in data["samples"]]
    data["lines"] = [Line(**item) for item in data["lines"]]
    return Record(**data)


def save(record: Record, path: Path) -> None:
    """Write the record so that a reader sees the old one or the new one, never a part."""
    record.updated_at = time.time()
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(asdict(record)), encoding="utf-8")
    part.replace(path)
