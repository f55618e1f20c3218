"""Finds what no message speaks of any more: lost runs, forgotten ones, unannounced ends.

Every worker sweeps, at its start and every ten seconds. Each step is a conditional UPDATE, so
that many sweepers do no more than one. Nothing here depends on the broker remembering anything.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from core.discarding import files_sweep
from runs import dependents, ending, states
from runs.models import LogLine, Queue, Run, Status, WorkerPresence
from runs.pruning import work_sweep
from runs.publishing import publish, publish_if_queued
from runs.routing import gpu_listens
from runs.signals import swept

logger = logging.getLogger(__name__)

# A run that takes its worker down with it (the memory is full) is not tried for ever.
MOST_LOSSES = 3
_AT_ONCE = 50
TIDY_EVERY_S = 600.0

_tidied_at: float | None = None  # when this process last found nothing to tidy up


def sweep(*, queues: Iterable[str] = (), idle: bool = True) -> None:
    """Do all of it; `queues` are those of this worker, `idle` tells whether it could work."""
    take_from_the_silent()
    settle_the_waiting()
    lead_away_from_gpus()
    for run in ending.unannounced(_AT_ONCE):
        ending.announce(run)
    if idle:
        publish_again(queues)
    for receiver, problem in swept.send_robust(sender=None, queues=tuple(queues), idle=idle):
        if isinstance(problem, Exception):
            logger.error("sweep: %s broke down", receiver, exc_info=problem)
    tidy_up()


def tidy_up() -> None:
    """Free what nobody needs any more, some seconds' worth at a time."""
    global _tidied_at
    if _tidied_at is not None and time.monotonic() - _tidied_at < TIDY_EVERY_S:
        return
    if files_sweep() + work_sweep() == 0:
        _tidied_at = time.monotonic()


def take_from_the_silent(*, worker: str | None = None) -> list[Run]:
    """Runs whose lease has run out go back to their queue; with `worker`, all that it held.

    A run is lost only when several workers fell silent over it.
    """
    rows = Run.objects.filter(status__in=states.ACTIVE)
    if worker is None:
        rows = rows.filter(lease_until__lt=timezone.now())
    else:
        rows = rows.filter(worker=worker)
    silent = list(rows.order_by("lease_until")[:_AT_ONCE])
    taken = [run for run in silent if _taken(run)]
    for run in taken:
        publish_if_queued(run)
    return taken


def settle_the_waiting() -> None:
    """Waiting runs whose sources have ended, where nobody lived to wake them."""
    waiting = Run.objects.filter(status=Status.WAITING, inputs__source_run__status__in=states.FINAL)
    for run in waiting.distinct().order_by("pk")[:_AT_ONCE]:
        dependents.settle(run)
        publish_if_queued(run)


def lead_away_from_gpus() -> None:
    """Runs that took a GPU because there was one go to the CPUs when it has left."""
    rows = Run.objects.filter(status=Status.QUEUED, queue=Queue.GPU, device="auto")
    if rows.exists() and not gpu_listens():
        rows.update(queue=Queue.CPU, published_at=None)


def publish_again(queues: Iterable[str]) -> Run | None:
    """Send the message of the run that has waited longest for this worker.

    One, and only by a worker that could take it: a long queue is no reason for many messages.
    """
    before = timezone.now() - timedelta(seconds=settings.SEMBLANCE_SWEEP_S)
    unheard = Q(published_at=None) | Q(published_at__lt=before)
    rows = Run.objects.filter(unheard, status=Status.QUEUED, queue__in=list(queues))
    rows = rows.filter(queued_at__lt=before)  # else its message is on the way
    run: Run | None = rows.order_by("queued_at", "pk").first()
    if run is None or not publish(run.pk, run.queue):
        return None
    return run


def present(*, name: str, queues: list[str], device: str) -> None:
    """Tell that this worker is there."""
    now = timezone.now()
    WorkerPresence.objects.update_or_create(
        name=name, defaults={"queues": queues, "device": device, "seen_at": now}
    )
    WorkerPresence.objects.filter(seen_at__lt=now - timedelta(days=1)).delete()


def absent(*, name: str) -> None:
    """Tell that this worker leaves."""
    WorkerPresence.objects.filter(name=name).delete()


def _taken(run: Run) -> bool:
    held = {"worker": run.worker, "attempts": run.attempts, "lease_until": run.lease_until}
    worker, losses = run.worker, run.losses + 1
    now = timezone.now()
    with transaction.atomic():
        if run.cancel_requested_at is not None:
            return states.move(
                run,
                Status.CANCELLED,
                only_if=held,
                lease_until=None,
                ended_at=now,
                problem="Cancelled; its worker had gone already. What it made is kept.",
            )
        lost = states.move(
            run,
            Status.LOST,
            only_if=held,
            lease_until=None,
            losses=losses,
            ended_at=now,
            problem=(
                f"Its worker fell silent {losses} times, perhaps because the memory was full. "
                "What it finished is kept; resume it to go on."
            ),
        )
        if not lost:
            return False
        logger.warning("run %s: %s fell silent", run.pk, worker)
        LogLine.objects.create(run=run, level="warning", message=f"{worker} fell silent.")
        if losses >= MOST_LOSSES:
            return True
        return states.move(
            run,
            Status.QUEUED,
            worker="",
            queued_at=now,
            published_at=None,
            ended_at=None,
            problem="",
        )
