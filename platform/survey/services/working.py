"""A worker at a job: says that it lives, hears that it shall stop, stores what comes of it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Generic

from django.db import DatabaseError

from core.repeating import repeated
from survey.errors import StudyRefused
from survey.services.jobs import J, Jobs
from survey.statistics.stopping import Stopped

logger = logging.getLogger(__name__)

LOOK_S = 1.0


class Watch(Generic[J]):
    """Between work and row: `report` tells how far it is, `should_stop` whether to go on."""

    def __init__(
        self, jobs: Jobs[J], job: J, *, stopping: threading.Event | None, own_thread: bool
    ) -> None:
        self._jobs, self._job = jobs, job
        self._stopping = stopping or threading.Event()  # this worker ends: hand the job back
        self._gone = threading.Event()  # stopped by people, or another worker's
        self._told: dict[str, Any] = {}
        self._own_thread = own_thread

    def report(self, done: int, total: int, step: str) -> None:
        self._told = {"done": done, "total": total, "step": step[:80]}
        if not self._own_thread:
            self._look()

    def should_stop(self) -> bool:
        return self._gone.is_set() or self._stopping.is_set()

    @property
    def is_gone(self) -> bool:
        return self._gone.is_set()

    def kept(self) -> AbstractContextManager[None]:
        """Say once a second that the job is worked on; a step may be silent for long."""
        if not self._own_thread:
            return nullcontext()
        return repeated(self._look_out, every_s=LOOK_S, name="watch")

    def _look_out(self) -> None:
        try:
            self._look()
        except DatabaseError:
            logger.exception("job %s: its row could not be written", self._job.pk)

    def _look(self) -> None:
        if not self._jobs.seen(self._job, **self._told):
            self._gone.set()


def work_on(
    jobs: Jobs[J],
    pk: int,
    work: Callable[[J, Watch[J]], dict[str, Any]],
    *,
    stopping: threading.Event | None = None,
    own_thread: bool = True,
) -> None:
    """Do a queued job, unless somebody else has it; `work` gives the fields to store.

    `stopping` tells that this worker ends. Without `own_thread` the row is written between steps
    only, in the caller's database connection.
    """
    job = jobs.claim(pk)
    if job is None:
        return
    watch = Watch(jobs, job, stopping=stopping, own_thread=own_thread)
    try:
        with watch.kept():
            values = work(job, watch)
    except Stopped:
        if not watch.is_gone:
            jobs.hand_back(job)
    except StudyRefused as refused:
        jobs.end(job, problem=str(refused))
    except Exception:
        logger.exception("%s failed", job)
        jobs.end(job, problem="The computation broke off; the server's log says where.")
    else:
        jobs.end(job, **values)
