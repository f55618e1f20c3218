"""Starts the child processes that decode, and writes the record of what took one of them along."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path
from subprocess import Popen
from typing import TypeVar

from pipeline import children, codec, files
from pipeline.contracts import IngestSpec
from pipeline.errors import StageFailed, StageStopped
from pipeline.ingest.plan import Task
from pipeline.ingest.refused import Refused
from pipeline.ingest.worker import ERRNO, RECORDS, record_path

LOG = "decoding.log"
_POLL_S = 0.5
ReadT = TypeVar("ReadT")


class Crew:
    """Children that work for one stage; all of them end when the block does."""

    def __init__(self, spec: IngestSpec, *, spec_path: Path, out: Path) -> None:
        self.spec, self.spec_path, self.out = spec, spec_path, out
        self._alive: set[Popen[str]] = set()
        self._stopping = threading.Event()

    def open_one(
        self, job: str, read_as: type[ReadT], *, file: Path, name: str, folder: str
    ) -> ReadT | None:
        """Unpack a ZIP or read a COCO file; None where that took its process along."""
        answer = self.out / f"{folder}.json"
        if not answer.exists():
            self._run([job, "--file", str(file), "--name", name, "--folder", folder])
        if not answer.exists():
            return None
        text = answer.read_text()
        return codec.from_jsonable(read_as, codec.parse_json(text, source=answer.name))

    def take_images(
        self, tasks: Sequence[Task], *, processes: int, tell: Callable[[int], None]
    ) -> None:
        """Take all images of the plan; `tell` is given how many have a record."""
        shares = max(1, min(processes, len(tasks)))
        records = self.out / RECORDS
        with ThreadPoolExecutor(max_workers=shares) as pool:
            waiting = {
                pool.submit(self._take_share, tasks, first, shares) for first in range(shares)
            }
            try:
                while waiting:
                    ended, waiting = wait(waiting, timeout=_POLL_S, return_when=FIRST_COMPLETED)
                    tell(sum(1 for _ in records.glob("*.json")))
                    for share in ended:
                        share.result()
            except BaseException:
                self._stop()
                raise

    def _take_share(self, tasks: Sequence[Task], first: int, step: int) -> None:
        """Run one child after another until every task of a share has a record."""
        words = ["images", "--first", str(first), "--step", str(step)]
        while left := [t for t in tasks[first::step] if not self._record(t).exists()]:
            begun: list[int] = []
            code = self._run(words, begun.append)
            if self._stopping.is_set():
                return
            if code == StageStopped.exit_code:
                raise StageStopped("The decoder was stopped by a signal; what it did is kept.")
            if not begun or self._record(tasks[begun[-1]]).exists():
                if code:
                    raise StageFailed(
                        f"The decoder does not start (code {code}); {len(left)} images are left. "
                        f"The end of its log:\n{children.last_lines(self.out / LOG)}"
                    )
                continue
            self._bury(tasks[begun[-1]], code)

    def _record(self, task: Task) -> Path:
        return record_path(self.out, task.number)

    def _bury(self, task: Task, code: int) -> None:
        """Write the record of the image that a child ended with."""
        if code == -signal.SIGXCPU:
            reason = f"took more than {self.spec.image_limit_s} s to decode and was stopped."
            refusal = Refused(task.image.name, "time", reason)
        else:
            reason = f"broke its decoder (code {code}); export it again in another format."
            refusal = Refused(task.image.name, "memory", reason)
        record = {"image": None, "refused": [refusal.noted()]}
        files.write_json(self._record(task), record)

    def _run(self, words: list[str], begun: Callable[[int], None] = lambda number: None) -> int:
        """Run a child to its end.

        Raises
        ------
        OSError
            It could not write, e.g. because the disk is full.
        """
        errors: list[int] = []

        def hear(line: str) -> None:
            kind, _, number = line.partition(" ")
            (errors.append if kind == ERRNO else begun)(int(number))

        places = ["--spec", str(self.spec_path), "--out", str(self.out)]
        with children.child(
            ["pipeline.ingest.worker", *words, *places], stderr=self.out / LOG
        ) as process:
            self._alive.add(process)
            if self._stopping.is_set():
                process.terminate()
            code = children.each_line(process, hear)
            self._alive.discard(process)
        if errors:
            raise OSError(errors[0], os.strerror(errors[0]), str(self.out))
        return code

    def _stop(self) -> None:
        self._stopping.set()
        for process in list(self._alive):
            process.terminate()
