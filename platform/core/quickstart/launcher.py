"""The quickstart from end to end: find micrographs, start the pipeline, keep the record."""

import logging
import os
import stat
import time
from pathlib import Path
from typing import Any

from django.conf import settings

from core.quickstart import places, record, stage
from core.quickstart.micrographs import Micrographs, find_in
from core.quickstart.record import Record

logger = logging.getLogger(__name__)

SAVE_EVERY_S = 0.5
ALIVE_EVERY_S = 5.0
BRING_SOME = (
    "Working on simulated images, because there are no real ones. To bring some: put micrographs "
    "(PNG or TIFF) into a folder and start with SEMBLANCE_DATA=/that/folder make run."
)


def announce() -> None:
    """Say that a quickstart is about to start, so that a page opened meanwhile waits for it."""
    earlier = record.load(places.record_path())
    if earlier.status != "done":
        record.save(Record(status="running", started_at=time.time()), places.record_path())


class Launcher:
    """Keeps one record while stages run, and passes what people should know to the terminal."""

    def __init__(self) -> None:
        self.record = Record(status="running", started_at=time.time())
        self._saved_at = 0.0
        self._changed = False
        self._error = ""  # what the stage in hand said last of what went wrong
        self._parent = _pipe_of_parent()

    def run(self, *, images: Path | None = None, truth: Path | None = None) -> Record:
        """Run the quickstart to its end, or return the record of an earlier run of the same."""
        try:
            found = self._micrographs(images, truth)
            arguments = _arguments(found)
            self.record.images = found.name if found else ""
            self.record.run = places.run_name(self.record.images or "simulated", arguments)
            earlier = record.load(places.record_path())
            out = places.home() / self.record.run
            if _is_done(earlier, self.record.run):
                logger.info(
                    "The quickstart is done already: %s (delete %s to do it anew)",
                    out / places.REPORT,
                    places.home(),
                )
                return earlier
            code = self._stage(["quickstart", *arguments, "--out", str(out)])
            self._conclude(code, out)
        except (stage.ParentGone, KeyboardInterrupt):
            self.record.end("stopped", "It was stopped; what was finished is kept.")
        except BaseException as error:
            self.record.end("failed", f"The launcher broke down: {error}")
            raise
        finally:
            if self.record.status != "running":
                self._save()
        return self.record

    def _micrographs(self, images: Path | None, truth: Path | None) -> Micrographs | None:
        if images is not None:
            return Micrographs(name=images.resolve().name, images=images, truth=truth)
        named = os.environ.get("SEMBLANCE_DATA", "").strip()
        if named:
            found = find_in(Path(named).expanduser())
            if found:
                return found
            self._tell("warning", f"SEMBLANCE_DATA is {named}, but no images are there.")
        found = find_in(Path(settings.ROOT).parent / "shared" / "datasets")
        if found:
            return found
        return self._fetched()

    def _fetched(self) -> Micrographs | None:
        """Download public micrographs, once."""
        there = places.fetched()
        self._tell("info", "Downloading public micrographs (EMPS, MIT licence) to measure.")
        if self._stage(["fetch", "--out", str(there)]) == 0:
            found = find_in(there)
            if found:
                return found
        self._tell("warning", BRING_SOME)
        return None

    def _stage(self, arguments: list[str]) -> int:
        self._error = ""
        with stage.started(arguments, cwd=Path(settings.ROOT), log=places.log_path()) as process:
            for event in stage.events(process, parent=self._parent):
                if event is not None:
                    self._take(event)
                self._save_if_due()
            return process.wait()

    def _take(self, event: dict[str, Any]) -> None:
        before = self.record.phase
        self._changed = True
        self.record.take(event)
        if self.record.phase is not before and self.record.phase is not None:
            logger.info("quickstart: %s", self.record.phase.name)
        if event["event"] == "log":
            logger.info("quickstart: %s", event.get("message"))
            if event.get("level") == "error":
                self._error = str(event.get("message"))

    def _tell(self, level: str, message: str) -> None:
        self._take({"event": "log", "level": level, "message": message})
        self._save()

    def _conclude(self, code: int, out: Path) -> None:
        if code == 0 and (out / places.REPORT).is_file():
            self.record.end("done")
            logger.info("The quickstart is done: %s", out / places.REPORT)
            return
        said = self._error or f"The pipeline ended with code {code}."
        self.record.end("failed", said)
        logger.error("The quickstart failed: %s (more in %s)", said, places.log_path())

    def _save_if_due(self) -> None:
        waited = time.monotonic() - self._saved_at
        if waited > (SAVE_EVERY_S if self._changed else ALIVE_EVERY_S):
            self._save()

    def _save(self) -> None:
        record.save(self.record, places.record_path())
        self._saved_at = time.monotonic()
        self._changed = False


def _arguments(found: Micrographs | None) -> list[str]:
    if found is None:
        return []
    arguments = ["--real", str(found.images.resolve())]
    if found.truth is not None:
        arguments += ["--truth", str(found.truth.resolve())]
    return arguments


def _is_done(earlier: Record, run: str) -> bool:
    report = places.home() / run / places.REPORT
    return earlier.run == run and earlier.status == "done" and report.is_file()


def _pipe_of_parent() -> int | None:
    """Standard input, if the process that started this one holds it as a pipe."""
    try:
        return 0 if stat.S_ISFIFO(os.fstat(0).st_mode) else None
    except OSError:
        return None
