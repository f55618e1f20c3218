"""What follows when a run has ended: those that wait for it, and the apps that listen."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Q
from django.utils import timezone

from core.repeating import repeated
from runs import dependents, publishing
from runs.lease import RENEWALS
from runs.models import FINAL, LogLine, Run, Status
from runs.signals import run_ended

logger = logging.getLogger(__name__)


def announce(run: Run) -> None:
    """Wake or end the runs that wait for it, then tell the other apps, once it is final.

    Whoever is killed half way leaves `announced_at` empty, and the sweeper does it again.
    """
    if not _mine_to_announce(run):
        return
    with _held(run):
        run.refresh_from_db()
        if run.status == Status.SUCCEEDED:
            for queued in dependents.wake(run):
                publishing.publish_if_queued(queued)
        else:
            dependents.block(run)
        _tell_the_apps(run)
    Run.objects.filter(pk=run.pk).update(announced_at=timezone.now(), lease_until=None)
    run.refresh_from_db()


def _tell_the_apps(run: Run) -> None:
    for receiver, answer in run_ended.send_robust(sender=Run, run=run):
        if isinstance(answer, Exception):
            logger.error("run %s: %s failed", run.pk, receiver, exc_info=answer)
            LogLine.objects.create(
                run=run,
                level="error",
                message=f"What follows it could not be done: {answer}"[:4_000],
            )


def unannounced(limit: int = 50) -> list[Run]:
    """Runs that have ended without their announcement."""
    rows = Run.objects.filter(_free(), status__in=FINAL, announced_at=None)
    return list(rows.order_by("pk")[:limit])


def _free() -> Q:
    return Q(lease_until=None) | Q(lease_until__lt=timezone.now())


def _mine_to_announce(run: Run) -> bool:
    """Take a short hold on the announcement, so that two sweepers do not both make it."""
    rows = Run.objects.filter(_free(), pk=run.pk, status__in=FINAL, announced_at=None)
    return rows.update(lease_until=_until()) == 1


def _until() -> datetime:
    return timezone.now() + timedelta(seconds=settings.SEMBLANCE_LEASE_S)


def _held(run: Run) -> AbstractContextManager[None]:
    """Renew the hold from a thread: an app may take in 10,000 images that the run has read."""
    rows = Run.objects.filter(pk=run.pk, status__in=FINAL, announced_at=None)

    def renew() -> None:
        try:
            rows.update(lease_until=_until())
        except DatabaseError as error:
            logger.warning("run %s: its hold was not renewed (%s)", run.pk, error)
            connection.close()

    every_s = settings.SEMBLANCE_LEASE_S / RENEWALS
    return repeated(renew, every_s=every_s, name="announcement")
