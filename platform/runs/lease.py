"""A worker's hold on a run: renewed while it works, noticed when it is lost or to be cancelled."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import F
from django.utils import timezone

from core.repeating import repeated
from runs.models import Run, Status
from runs.states import ACTIVE

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 0.5  # so that a cancelled stage is gone in 5 s
RENEWALS = 6  # times that it is renewed before it would run out


class Interrupted(Exception):
    """The work in hand must stop now."""


class LeaseLost(Interrupted):
    """Somebody else has the run; nothing of it may be written any more."""


class CancelRequested(Interrupted):
    """A person cancelled the run."""


class WorkerStops(Interrupted):
    """This worker shuts down in an orderly way; another takes the run up."""


def claim(run_id: int, worker: str) -> Run | None:
    """Take a queued run; None where another was faster, or it is queued no more."""
    now = timezone.now()
    taken = Run.objects.filter(pk=run_id, status=Status.QUEUED).update(
        status=Status.RUNNING,
        worker=worker,
        lease_until=now + timedelta(seconds=settings.SEMBLANCE_LEASE_S),
        attempts=F("attempts") + 1,
        started_at=now,
        ended_at=None,
        problem="",
    )
    return Run.objects.get(pk=run_id) if taken else None


class Lease:
    """The hold that `claim` gave. `attempts` tells it from an earlier hold of the same worker."""

    def __init__(self, run: Run, *, stops: Callable[[], bool] = lambda: False) -> None:
        self.mine: dict[str, Any] = {"worker": run.worker, "attempts": run.attempts}
        self._run_id = run.pk
        self._stops = stops
        self._reason: type[Interrupted] | None = None
        self._renewed_at = self._looked_at = time.monotonic()

    def beat(self) -> None:
        """Renew the lease if it is time, and raise if the work must stop. Call it often."""
        if time.monotonic() - self._looked_at >= LOOK_EVERY_S:
            self._look()
        if self._stops():
            raise WorkerStops
        if self._reason is not None:
            raise self._reason

    def kept_by_thread(self) -> AbstractContextManager[None]:
        """Renew it from a thread too: fetching one large file may take longer than the lease."""
        return repeated(self._look, every_s=LOOK_EVERY_S, name="lease")

    def _look(self) -> None:
        now = self._looked_at = time.monotonic()
        lease_s = settings.SEMBLANCE_LEASE_S
        try:
            rows = Run.objects.filter(pk=self._run_id, status__in=ACTIVE, **self.mine)
            if now - self._renewed_at >= lease_s / RENEWALS:
                until = timezone.now() + timedelta(seconds=lease_s)
                found = rows.update(lease_until=until) == 1
                self._renewed_at = now if found else self._renewed_at
            asked = rows.values_list("cancel_requested_at", flat=True).first()
            found = asked is not None or rows.exists()
        except DatabaseError as error:
            logger.warning("run %s: the lease could not be renewed (%s)", self._run_id, error)
            if not connection.in_atomic_block:
                connection.close()
            found, asked = now - self._renewed_at < lease_s, None
        if not found:
            self._reason = LeaseLost
        elif asked is not None:
            self._reason = CancelRequested
