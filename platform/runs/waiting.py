"""Why a run has not started yet, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from runs.models import Run, Status, WorkerPresence
from runs.routing import LISTENING_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """`nobody` where no worker listens: then it waits for ever unless somebody acts."""

    text: str
    nobody: bool = False
    command: str = ""


def why_waiting(run: Run) -> Waiting | None:
    if run.status == Status.WAITING:
        return _for_inputs(run)
    if run.status != Status.QUEUED:
        return None
    if not queue_is_heard(run.queue):
        return Waiting(
            text=f"No worker listens on the queue {run.get_queue_display()}. Start one on a "
            "machine that has what it needs; the run is kept and starts by itself then.",
            nobody=True,
            command=f"python manage.py worker --queues {run.queue}",
        )
    before = Run.objects.filter(status=Status.QUEUED, queue=run.queue, pk__lt=run.pk).count()
    busy = Run.objects.filter(status__in=[Status.RUNNING, Status.STORING], queue=run.queue).count()
    if not before and not busy:
        return Waiting(text="A worker is about to take it.")
    ahead = [
        f"{busy} run{'s' if busy != 1 else ''} in work" if busy else "",
        f"{before} queued before it" if before else "",
    ]
    return Waiting(text=f"{' and '.join(filter(None, ahead))} on the same queue.".capitalize())


def queue_is_heard(queue: str) -> bool:
    """Whether a worker of this queue said within the last half minute that it is there."""
    since = timezone.now() - timedelta(seconds=LISTENING_S)
    recent = WorkerPresence.objects.filter(seen_at__gte=since)
    return any(queue in worker.queues for worker in recent)


def _for_inputs(run: Run) -> Waiting:
    sources = Run.objects.filter(consumers__run=run).exclude(status=Status.SUCCEEDED).distinct()
    names = ", ".join(str(one) for one in sources.order_by("pk")[:3])
    return Waiting(text=f"It reads what {names or 'another run'} makes and starts after that.")
