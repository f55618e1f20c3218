"""The one task: a message brings a run's id, the engine does the rest."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery import signals

from runs import workers
from runs.celery_app import app
from runs.publishing import TASK

logger = logging.getLogger(__name__)

ONE_AT_A_TIME = (
    "A worker takes one run at a time: start it with `manage.py worker`, "
    "and one more process for one more run."
)

_here: workers.Worker | None = None


@app.task(name=TASK)
def run_execute(run_id: int) -> None:
    """Work on a run, if nobody else does.

    Its message is acknowledged before the work begins, not after: the row is the record, and a
    broker that takes hours of training for silence would hand the same message out again.
    """
    from runs.engine import execute

    if _here is None or _here.stopping.is_set():
        return  # the row is still queued; the sweeper of another worker finds it
    with _here.working():
        execute(run_id, worker=_here.name, stops=_here.stopping.is_set)


@contextmanager
def at_work() -> Iterator[threading.Event | None]:
    """Keep this worker busy with a job of another app; the event says when to hand it back.

    None: this worker takes nothing any more, and the job is still queued.
    """
    if _here is None or _here.stopping.is_set():
        yield None
        return
    with _here.working():
        yield _here.stopping


@signals.celeryd_after_setup.connect
def _begin(sender: str, instance: Any, conf: Any, **_: Any) -> None:
    global _here
    threads = instance.pool_cls.__module__ == "celery.concurrency.thread"
    if not threads or instance.concurrency != 1 or conf.worker_prefetch_multiplier != 1:
        sys.exit(ONE_AT_A_TIME)
    _here = workers.Worker(name=sender, queues=sorted(instance.app.amqp.queues.consume_from))
    try:
        _here.begin()
    except workers.NameTaken as error:
        sys.exit(str(error))
    logger.info("%s takes runs from %s", _here.name, ", ".join(_here.queues))


@signals.worker_shutting_down.connect
def _stop(**_: Any) -> None:
    if _here is not None:
        _here.leave()
