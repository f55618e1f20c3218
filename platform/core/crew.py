"""Keeps a few processes alive from one in the foreground, and ends them with it."""

from __future__ import annotations

import logging
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

logger = logging.getLogger(__name__)

TICK_S = 0.1
STOP_S = 15.0  # a worker ends its stage within 4 s and hands its run back
_SHORTEST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 30.0
_SETTLED_S = 60.0  # who lived so long did not die of its start


@dataclass(slots=True, kw_only=True)
class Member:
    """A process of the crew."""

    name: str
    command: list[str]
    # It is started only when this says so; by then others may be up.
    may_start: Callable[[], bool] = field(default=lambda: True)
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    pause_s: float = _SHORTEST_PAUSE_S

    def start(self) -> None:
        # Ctrl-C in a terminal must reach the foreground process only, which then ends the rest;
        # the pipe, held by nobody else, tells the member when this process is gone.
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, start_new_session=True)
        self.started_at = time.monotonic()

    def look(self) -> None:
        """Start it if it is due; note its death and when it is started again."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.start_at and self.may_start():
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        if now - self.started_at > _SETTLED_S:
            self.pause_s = _SHORTEST_PAUSE_S
        logger.warning("%s ended (%s); it is started again", self.name, code)
        self.let_go()
        self.start_at = now + self.pause_s
        self.pause_s = min(2 * self.pause_s, _LONGEST_PAUSE_S)

    def let_go(self) -> None:
        if self.process and self.process.stdin:
            self.process.stdin.close()
        self.process = None


class Crew:
    """Processes that live and end together."""

    def __init__(self, members: list[Member]) -> None:
        self.members = members
        self._ends = threading.Event()

    def run(self, *, check: Callable[[], None] = lambda: None) -> None:
        """Keep all alive until SIGINT or SIGTERM, or until `check` raises."""
        handlers = {number: signal.signal(number, self._end) for number in _STOPPING}
        try:
            while not self._ends.is_set():
                for member in self.members:
                    member.look()
                check()
                self._ends.wait(TICK_S)
        finally:
            self.stop()
            for number, handler in handlers.items():
                signal.signal(number, handler)

    def stop(self) -> None:
        """Tell all to end, wait for them, and kill who does not."""
        running = [m.process for m in self.members if m.process and m.process.poll() is None]
        for process in running:
            process.terminate()
            if process.stdin:
                process.stdin.close()
        deadline = time.monotonic() + STOP_S
        for process in running:
            try:
                process.wait(timeout=max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _end(self, number: int, frame: FrameType | None) -> None:
        self._ends.set()


_STOPPING = (signal.SIGINT, signal.SIGTERM)
