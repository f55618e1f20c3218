"""Long work on studies: queued as rows, told of by messages, claimed by one worker, swept.

A message is a hint and may be lost or come twice. A worker that dies falls silent, and the sweep
of another one puts its row back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from runs.models import Queue
from runs.publishing import send
from survey.models import Job

MOST_ATTEMPTS = 3
J = TypeVar("J", bound=Job)


@dataclass(frozen=True, slots=True)
class Jobs(Generic[J]):
    """The rows of one kind of work, and the task that takes their messages."""

    model: type[J]
    task: str

    def queue(self, job: J) -> None:
        """Tell the workers once the transaction in hand has ended."""
        transaction.on_commit(partial(self.publish, job.pk))

    def publish(self, pk: int) -> None:
        if send(self.task, pk, queue=Queue.INTERACTIVE):
            self._all().filter(pk=pk).update(published_at=timezone.now())

    def claim(self, pk: int, **only: Any) -> J | None:
        """Take a queued row; of two who try, one gets it. `only` narrows which may be taken."""
        rows = self._all().filter(pk=pk, state=Job.State.QUEUED, **only)
        if not rows.update(
            state=Job.State.RUNNING,
            attempts=F("attempts") + 1,
            seen_at=timezone.now(),
            done=0,
            problem="",
        ):
            return None
        return self._all().get(pk=pk)

    def seen(self, job: J, **values: Any) -> bool:
        """Tell that it is worked on; False: it was stopped, or is another worker's by now."""
        return bool(self._mine(job).update(seen_at=timezone.now(), **values))

    def end(self, job: J, *, problem: str = "", **values: Any) -> None:
        state = Job.State.FAILED if problem else Job.State.DONE
        values |= {"state": state, "problem": problem[:500], "ended_at": timezone.now()}
        self._mine(job).update(**values)

    def hand_back(self, job: J) -> None:
        """Its worker stops: another one, or the next start, begins it anew."""
        self._mine(job).update(state=Job.State.QUEUED, published_at=None, done=0)

    def stop(self, job: J, **values: Any) -> bool:
        rows = self._all().filter(pk=job.pk, state__in=Job.ACTIVE)
        return bool(rows.update(state=Job.State.STOPPED, ended_at=timezone.now(), **values))

    def keep_newest(self, most: int, **of: Any) -> None:
        """Delete what has ended but for the newest so many; `of` narrows whose are counted."""
        ended = self._all().filter(**of).exclude(state__in=Job.ACTIVE)
        oldest = ended.order_by("-pk").values_list("pk", flat=True)[most - 1 : most].first()
        if oldest is not None:
            ended.filter(pk__lt=oldest).delete()

    def sweep(self, *, queues: tuple[str, ...], idle: bool) -> None:
        """Put back what fell silent; tell the workers of the longest-waiting again."""
        now = timezone.now()
        silent = self._all().filter(
            state=Job.State.RUNNING, seen_at__lt=now - timedelta(seconds=settings.SEMBLANCE_LEASE_S)
        )
        silent.filter(attempts__gte=MOST_ATTEMPTS).update(
            state=Job.State.FAILED, ended_at=now, problem="Its worker fell silent several times."
        )
        silent.update(state=Job.State.QUEUED, published_at=None)
        if not idle or Queue.INTERACTIVE not in queues:
            return
        before = now - timedelta(seconds=settings.SEMBLANCE_SWEEP_S)
        unheard = Q(published_at=None) | Q(published_at__lt=before)
        waiting = self._all().filter(unheard, state=Job.State.QUEUED, created_at__lt=before)
        first = waiting.order_by("pk").values_list("pk", flat=True).first()
        if first is not None:
            self.publish(first)

    def _all(self) -> QuerySet[J]:
        found: QuerySet[J] = self.model._default_manager.all()
        return found

    def _mine(self, job: J) -> QuerySet[J]:
        """The row, as long as it runs and nobody else took it over."""
        return self._all().filter(pk=job.pk, state=Job.State.RUNNING, attempts=job.attempts)
