"""A worker process: one run at a time, a sweeper beside it, gone when its parent is gone."""

from __future__ import annotations

import logging
import os
import random
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from filelock import FileLock, Timeout

from runs import broker_file, sweeper, workspace
from runs.gpu import gpu_name

logger = logging.getLogger(__name__)


class NameTaken(Exception):
    """A worker of this name runs on this machine already."""


class Worker:
    """What this process is as a worker; there is one a process."""

    def __init__(self, *, name: str, queues: list[str]) -> None:
        self.name = name[:120]
        self.queues = queues
        self.stopping = threading.Event()
        self._device = gpu_name() if "gpu" in queues else ""
        self._working = threading.Event()
        self._due = threading.Event()
        self._lock = FileLock(workspace.root() / "workers" / f"{self.name}.lock", timeout=0)

    def begin(self) -> None:
        """Claim the name, take back what an earlier process of this name held, and sweep."""
        Path(self._lock.lock_file).parent.mkdir(parents=True, exist_ok=True)
        try:
            self._lock.acquire()
        except Timeout:
            raise NameTaken(
                f"A worker named {self.name} runs here already; name this one otherwise (--name)."
            ) from None
        broker_file.forget_delivered()
        threading.Thread(target=self._sweep_for_ever, name="sweeper", daemon=True).start()

    @contextmanager
    def working(self) -> Iterator[None]:
        """While it works on a run it asks for no other; afterwards it looks round at once."""
        self._working.set()
        try:
            yield
        finally:
            self._working.clear()
            self._due.set()

    def leave(self) -> None:
        """End this process as soon as the run in hand is handed back, without waiting for more.

        Celery would go on polling for some seconds; nothing is lost by not waiting for it.
        """
        self.stopping.set()
        self._due.set()
        threading.Thread(target=self._left, name="leave").start()

    def _left(self) -> None:
        while self._working.is_set():
            time.sleep(0.05)
        try:
            sweeper.absent(name=self.name)
        except DatabaseError as error:
            logger.warning("%s could not say good-bye (%s)", self.name, error)
        finally:
            sys.stdout.flush()
            os._exit(0)

    def _sweep_for_ever(self) -> None:
        first = True
        while not self.stopping.is_set():
            try:
                if first:
                    # Its name is locked, so nobody works on these.
                    sweeper.take_from_the_silent(worker=self.name)
                    first = False
                if self.stopping.is_set():
                    return
                sweeper.present(name=self.name, queues=self.queues, device=self._device)
                sweeper.sweep(queues=self.queues, idle=not self._working.is_set())
            except DatabaseError as error:
                logger.warning("sweep: the database did not answer (%s)", error)
            except Exception:
                logger.exception("sweep: broke down")
            finally:
                connection.close()
            self._due.clear()
            # Not in step with the other workers.
            self._due.wait(settings.SEMBLANCE_SWEEP_S * random.uniform(0.8, 1.0))  # noqa: S311
