"""Folds the events of a stage into a run's rows, at most twice a second."""

from __future__ import annotations

import logging
import math
import time
from typing import Any

from django.db import OperationalError, connection, transaction
from django.utils import timezone

from core.files import file_store
from pipeline.contracts import Event, Finished, Log, Progress, Sample, event_from_json
from pipeline.contracts import Metric as MetricEvent
from pipeline.errors import SpecRefused
from runs import models, workspace
from runs.models import LogLine, Run

logger = logging.getLogger(__name__)

EVERY_S = 0.5
MOST_LINES = 5_000  # of one run; a stage that talks more has nothing more to say
_MOST_UNREAD = 5


class Recorder:
    """What a stage has said since the last flush."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.error = ""  # what the stage said last of what went wrong
        self.unread = 0  # lines that claimed to be events and were none
        self._phases: list[dict[str, Any]] = list(run.phases)
        self._metrics: dict[tuple[str, int], float] = {}
        self._samples: dict[tuple[str, int], str] = {}
        self._lines: list[LogLine] = []
        self._line_count = run.log_lines.count()
        self._changed = False
        self._flushed_at = 0.0

    def take(self, line: bytes) -> None:
        """Read a line of the stage; what is no event (Blender prints lines of its own) is left."""
        text = line.decode("utf-8", errors="replace").strip()
        if not text.startswith("{"):
            if text:
                logger.debug("run %s: %s", self.run.pk, text)
            return
        try:
            event = event_from_json(text)
        except (SpecRefused, RecursionError) as error:
            self._unreadable(error)
            return
        self._fold(event)

    def note(self, level: str, message: str) -> None:
        """Add a line to the run's log."""
        self._line_count += 1
        if self._line_count > MOST_LINES:
            return
        if self._line_count == MOST_LINES:
            level, message = "warning", f"More than {MOST_LINES} lines; the rest is left out."
        self._lines.append(LogLine(run=self.run, level=level[:8], message=message[:4_000]))

    def end_phases(self) -> None:
        """The stage has ended: no phase is in progress any more."""
        for phase in self._phases:
            if phase.get("ended_at") is None:
                phase["ended_at"] = _now()
                phase["seconds_left"] = None
        self._changed = True

    def flush_if_due(self) -> None:
        if time.monotonic() - self._flushed_at < EVERY_S:
            return
        try:
            self.flush()
        except OperationalError as error:
            # Nothing is lost: it is all stored the next time. If the database stays away, the
            # lease runs out, and that ends the stage.
            logger.warning("run %s: the database did not answer (%s)", self.run.pk, error)
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()

    def flush(self) -> None:
        """Store what has come since the last time, in one short transaction."""
        self._flushed_at = time.monotonic()
        if not (self._changed or self._metrics or self._samples or self._lines):
            return
        samples = self._stored_samples()
        metrics = [
            models.Metric(run=self.run, name=name, step=step, value=value)
            for (name, step), value in self._metrics.items()
        ]
        with transaction.atomic():
            if self._changed:
                Run.objects.filter(pk=self.run.pk).update(phases=self._phases)
            models.Metric.objects.bulk_create(
                metrics,
                update_conflicts=True,
                unique_fields=["run", "name", "step"],
                update_fields=["value"],
            )
            models.Sample.objects.bulk_create(
                samples,
                update_conflicts=True,
                unique_fields=["run", "path", "step"],
                update_fields=["caption", "file"],
            )
            LogLine.objects.bulk_create(self._lines)
        self._metrics, self._samples, self._lines = {}, {}, []
        self._changed = False

    # ---- events ----------------------------------------------------------------------------------

    def _fold(self, event: Event) -> None:
        match event:
            case Progress():
                self._progress(event)
            case MetricEvent(name=name, value=value, step=step):
                if math.isfinite(value) and abs(step) < 2**63:
                    self._metrics[name[:80], step] = value
            case Sample(path=path, caption=caption, step=step):
                self._samples[path, step] = caption[:200]
            case Log(level=level, message=message):
                if level == "error":
                    self.error = message
                self.note(level, message)
            case Finished():
                pass  # result.json says it better

    def _progress(self, event: Progress) -> None:
        self._changed = True
        phase = self._phases[-1] if self._phases else None
        if phase is None or phase["name"] != event.phase:
            if phase is not None and phase.get("ended_at") is None:
                phase["ended_at"] = _now()
                phase["seconds_left"] = None
            # A run that is resumed passes through phases again that it had been in.
            self._phases = [one for one in self._phases if one["name"] != event.phase]
            phase = {"name": event.phase, "started_at": _now(), "ended_at": None}
            self._phases.append(phase)
        phase |= {
            "done": event.done,
            "total": event.total,
            "unit": event.unit,
            "seconds_left": event.seconds_left,
        }
        if event.total and event.done >= event.total:
            phase |= {"seconds_left": None, "ended_at": _now()}
        else:
            phase["ended_at"] = None

    def _unreadable(self, error: Exception) -> None:
        self.unread += 1
        if self.unread <= _MOST_UNREAD:
            self.note("warning", f"The stage said something that cannot be read ({error}).")

    def _stored_samples(self) -> list[models.Sample]:
        out = workspace.out_folder(self.run).resolve()
        found = []
        for (path, step), caption in self._samples.items():
            file = (out / path).resolve()
            if not file.is_relative_to(out) or not file.is_file():
                self.note("warning", f"The sample {path} is not in the run's folder.")
                continue
            stored = file_store(source=file)
            found.append(
                models.Sample(
                    run=self.run, path=path[:300], caption=caption, step=step, file=stored
                )
            )
        return found


def _now() -> str:
    return timezone.now().isoformat()
