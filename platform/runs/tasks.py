"""The one task: a message brings a run's id, the engine does the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runs.celery_app import app
from runs.publishing import TASK

if TYPE_CHECKING:
    from celery.app.task import Task


@app.task(name=TASK, bind=True)
def run_execute(self: Task[Any, Any], run_id: int) -> None:
    """Work on a run, if nobody else does.

    Its message is acknowledged before the work begins, not after: the row is the record, and a
    broker that counts hours of training as silence would hand the same message out again.
    """
    from runs import workers
    from runs.engine import execute

    execute(run_id, worker=workers.name_of(self.request.hostname), stops=workers.stopping.is_set)
