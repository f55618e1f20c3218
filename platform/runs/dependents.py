"""Runs that wait for other runs: when they may start, and what becomes of them otherwise."""

from __future__ import annotations

from django.utils import timezone

from runs import states
from runs.models import Run, Status

_BAD = (Status.FAILED, Status.CANCELLED, Status.LOST)


def settle(run: Run) -> None:
    """Queue a waiting run whose sources have all succeeded; end it where one ended badly."""
    if run.status != Status.WAITING:
        return
    sources = Run.objects.filter(consumers__run=run).distinct()
    bad = sources.filter(status__in=_BAD).order_by("pk").first()
    if bad is not None:
        _end(run, bad)
    elif not sources.exclude(status=Status.SUCCEEDED).exists():
        states.move(
            run, Status.QUEUED, only_if={"status": Status.WAITING}, queued_at=timezone.now()
        )


def wake(run: Run) -> list[Run]:
    """After `run` has ended: settle the runs that wait for it; return those that are queued now."""
    waiting = list(Run.objects.filter(inputs__source_run=run, status=Status.WAITING).distinct())
    for dependent in waiting:
        settle(dependent)
    return [dependent for dependent in waiting if dependent.status == Status.QUEUED]


def block(run: Run) -> None:
    """After `run` has ended badly: end the runs that wait for it, and those that wait for them."""
    for dependent in Run.objects.filter(inputs__source_run=run, status=Status.WAITING).distinct():
        _end(dependent, run)


def unblock(run: Run) -> None:
    """After `run` was resumed: let the runs wait again that were ended because of it."""
    for dependent in run.blocks.filter(status=Status.CANCELLED):
        freed = states.move(
            dependent,
            Status.WAITING,
            only_if={"blocked_by": run},
            blocked_by=None,
            problem="",
            ended_at=None,
            announced_at=None,
            cancel_requested_at=None,
        )
        if freed:
            unblock(dependent)


def _end(run: Run, cause: Run) -> None:
    how = {Status.FAILED: "failed", Status.CANCELLED: "was cancelled"}.get(
        Status(cause.status), "lost its worker"
    )
    ended = states.move(
        run,
        Status.CANCELLED,
        only_if={"status": Status.WAITING},
        blocked_by=cause,
        ended_at=timezone.now(),
        problem=f"Not started: it reads from {cause}, which {how}. Resume that one to go on.",
    )
    if ended:
        block(run)
