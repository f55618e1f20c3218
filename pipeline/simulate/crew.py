"""Several Blender processes at once: hands them scenes, hears them, replaces those that die."""

from __future__ import annotations

import os
import selectors
import time
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path

from pipeline import children, codec, contracts
from pipeline.contracts import SimulateSpec
from pipeline.errors import StageFailed
from pipeline.simulate.worker import Report

START_LIMIT_S = 120.0  # to load Blender, on a machine that is busy with something else
_READ_BYTES = 65536


class _Child:
    """A process, the scenes it has still to make, and the clock of the one in hand."""

    def __init__(
        self,
        spec: SimulateSpec,
        scenes: list[int],
        *,
        out: Path,
        threads: int,
        log: Path,
        scratch: Path,
    ) -> None:
        self.left = deque(scenes)
        self.current: int | None = None
        self.seconds_allowed = spec.scene_timeout_s
        self.deadline = time.monotonic() + max(START_LIMIT_S, spec.scene_timeout_s)
        self.has_spoken = False
        self.overdue = False
        self._unread = b""
        self._held = ExitStack()
        arguments = ["--spec", contracts.spec_to_json(spec), "--out", str(out)]
        arguments += ["--threads", str(threads), *map(str, scenes)]
        self.process = self._held.enter_context(
            children.child(["pipeline.simulate.worker", *arguments], stderr=log, scratch=scratch)
        )

    def fileno(self) -> int:
        """Return the descriptor that its reports come from."""
        if self.process.stdout is None:
            raise ValueError("the child was started without a pipe")
        return self.process.stdout.fileno()

    def hear(self) -> list[Report] | None:
        """Return the reports that have come, or None when the process has ended."""
        received = os.read(self.fileno(), _READ_BYTES)
        if not received:
            return None
        *lines, self._unread = (self._unread + received).split(b"\n")
        reports = []
        for line in lines:
            report = codec.from_jsonable(Report, codec.parse_json(line.decode(), source="worker"))
            if report.state == "begun":
                self.current = report.scene
                self.deadline = time.monotonic() + self.seconds_allowed
            else:
                self.current = None
                self.left.remove(report.scene)
            reports.append(report)
            self.has_spoken = True
        return reports

    def stop_if_overdue(self) -> None:
        """Kill the process if its scene takes too long; then its pipe ends."""
        if not self.overdue and time.monotonic() > self.deadline:
            self.overdue = True
            self.process.kill()

    def last_report(self) -> Report | None:
        """Return what is to be said of the scene that the process died with, if there is one."""
        if self.current is None:
            return None
        self.left.remove(self.current)
        code = self.process.wait()
        reason = (
            f"took more than {self.seconds_allowed:g} s and was stopped"
            if self.overdue
            else f"Blender ended with code {code}"
        )
        return Report(scene=self.current, state="broken", reason=reason)

    def let_go(self) -> None:
        """Close its standard input, upon which it ends by itself."""
        if self.process.stdin:
            self.process.stdin.close()

    def close(self) -> None:
        """Wait for its end."""
        self._held.close()


def make_scenes(
    spec: SimulateSpec,
    scenes: list[int],
    *,
    out: Path,
    processes: int,
    threads: int,
    log: Path,
    scratch: Path,
) -> Generator[Report, None, None]:
    """Make scenes in child processes; yield one report, done or broken, of each.

    Parameters
    ----------
    spec : SimulateSpec
        What to make.
    scenes : list of int
        Which of its scenes.
    out : Path
        Output folder of the stage.
    processes, threads : int
        Children at a time, and the threads of each.
    log : Path
        File that takes what Blender says.
    scratch : Path
        Folder for Blender's temporary files.

    Raises
    ------
    StageFailed
        Blender does not start at all.
    OSError
        A child could not write, e.g. because the disk is full.
    """
    waiting = deque(scenes)
    share = max(1, min(spec.scenes_per_process, -(-len(scenes) // processes)))
    crew: list[_Child] = []
    with selectors.DefaultSelector() as selector:
        try:
            while waiting or crew:
                while waiting and len(crew) < processes:
                    batch = [waiting.popleft() for _ in range(min(share, len(waiting)))]
                    child = _Child(spec, batch, out=out, threads=threads, log=log, scratch=scratch)
                    crew.append(child)
                    selector.register(child, selectors.EVENT_READ)
                pause = max(0.0, min(child.deadline for child in crew) - time.monotonic())
                for key, _ in selector.select(pause):
                    child = key.fileobj  # type: ignore[assignment]
                    reports = child.hear()
                    if reports is None:
                        selector.unregister(child)
                        crew.remove(child)
                        yield from _buried(child, waiting, log)
                    else:
                        yield from _finished(reports)
                for child in crew:
                    child.stop_if_overdue()
        finally:
            for child in crew:
                child.let_go()
            for child in crew:
                child.close()


def _finished(reports: list[Report]) -> Iterator[Report]:
    for report in reports:
        if report.errno:
            raise OSError(report.errno, report.reason)
        if report.state != "begun":
            yield report


def _buried(child: _Child, waiting: deque[int], log: Path) -> Iterator[Report]:
    """Yield the report of a scene that took its process along; give the others back."""
    code = child.process.wait()
    report = child.last_report()
    child.close()
    if not child.has_spoken:
        raise StageFailed(
            f"Blender did not start (code {code}). The end of {log}:\n{children.last_lines(log)}"
        )
    waiting.extendleft(reversed(child.left))
    if report is not None:
        yield report
