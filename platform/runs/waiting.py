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
    heard = _workers_of(run.queue)
    if not heard:
        return Waiting(
            text=f"No worker listens on the queue {run.get_queue_display()}. Start one on a "
            "machine that has what it needs; the run is kept and starts by itself then.",
            nobody=True,
            command=f"python manage.py worker --queues {run.queue}",
        )
    # A worker takes one run at a time, from whichever of its queues.
    theirs = Run.objects.filter(queue__in={queue for worker in heard for queue in worker.queues})
    before = theirs.filter(status=Status.QUEUED, pk__lt=run.pk).count()
    busy = theirs.filter(status__in=[Status.RUNNING, Status.STORING]).count()
    if before + busy < len(heard):
        return Waiting(text="A worker is about to take it.")
    ahead = [
        f"{busy} run{'s' if busy != 1 else ''} in work" if busy else "",
        f"{before} queued before it" if before else "",
    ]
    workers = f"the {len(heard)} workers" if len(heard) > 1 else "the worker"
    return Waiting(text=f"{' and '.join(filter(None, ahead))}, for {workers} of this queue.")


def _workers_of(queue: str) -> list[WorkerPresence]:
    """The workers of a queue that said within the last half minute that they are there."""
    since = timezone.now() - timedelta(seconds=LISTENING_S)
    recent = WorkerPresence.objects.filter(seen_at__gte=since)
    return [worker for worker in recent if queue in worker.queues]


def _for_inputs(run: Run) -> Waiting:
    sources = Run.objects.filter(consumers__run=run).exclude(status=Status.SUCCEEDED).distinct()
    names = ", ".join(str(one) for one in sources.order_by("pk")[:3])
    return Waiting(text=f"It reads what {names or 'another run'} makes and starts after that.")
