"""The states of a run: one table of legal moves, and the only function that makes one.

A move is one conditional UPDATE: of two processes that want it, the database lets one win.
"""

from __future__ import annotations

from typing import Any

from runs.models import FINAL, Run, Status

S = Status

ALLOWED: dict[Status, frozenset[Status]] = {
    S.WAITING: frozenset({S.QUEUED, S.CANCELLED}),
    S.QUEUED: frozenset({S.RUNNING, S.CANCELLED, S.FAILED}),
    # Back to QUEUED: its worker shuts down in an orderly way and hands it on.
    S.RUNNING: frozenset({S.STORING, S.FAILED, S.CANCELLED, S.LOST, S.QUEUED}),
    S.STORING: frozenset({S.SUCCEEDED, S.FAILED, S.CANCELLED, S.LOST, S.QUEUED}),
    # What follows is final until a person, or for a lost run the sweeper, resumes it.
    S.LOST: frozenset({S.QUEUED, S.WAITING, S.CANCELLED}),
    S.FAILED: frozenset({S.QUEUED, S.WAITING}),
    S.CANCELLED: frozenset({S.QUEUED, S.WAITING}),
    S.SUCCEEDED: frozenset(),
}
ACTIVE = frozenset({S.RUNNING, S.STORING})  # a worker holds a lease on it
RESUMABLE = frozenset({S.LOST, S.FAILED, S.CANCELLED})

__all__ = ["ACTIVE", "ALLOWED", "FINAL", "RESUMABLE", "move"]


def move(run: Run, to: Status, *, only_if: dict[str, Any] | None = None, **changes: Any) -> bool:
    """Put `run` into the state `to`, if the table and `only_if` allow it; tell whether they did.

    `only_if` holds more conditions on the row, e.g. that this worker still has the lease.
    The object `run` is brought up to date either way.
    """
    origins = [origin for origin, targets in ALLOWED.items() if to in targets]
    rows = Run.objects.filter(pk=run.pk, status__in=origins).filter(**(only_if or {}))
    moved = rows.update(status=to, **changes) == 1
    run.refresh_from_db()
    return moved
