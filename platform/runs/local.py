"""Working on runs without a worker: for tests and scripts."""

from __future__ import annotations

from runs import dependents
from runs.engine import execute
from runs.models import Run, Status


def run_here(run: Run) -> Run:
    """Work on a queued run in this thread until it is final; the same code as a worker's."""
    run.refresh_from_db()
    dependents.settle(run)
    if run.status != Status.QUEUED:
        raise ValueError(f"{run} is {run.status}, not queued: {run.problem}")
    execute(run.pk, worker="here", own_thread=False)
    run.refresh_from_db()
    return run
