"""Sending a run's message. It is a hint: a broker that is away delays a run and loses nothing."""

from __future__ import annotations

import logging
from functools import partial

from django.db import transaction
from django.utils import timezone

from runs.models import Run, Status

logger = logging.getLogger(__name__)

TASK = "runs.tasks.run_execute"


def publish(run_id: int, queue: str) -> bool:
    """Tell the workers of `queue` of a queued run; the sweeper tells them again if need be."""
    if not send(TASK, run_id, queue=queue):
        return False
    Run.objects.filter(pk=run_id).update(published_at=timezone.now())
    return True


def send(task: str, pk: int, *, queue: str) -> bool:
    """Send the message of a row to whoever listens to `queue`; False: the broker is away."""
    from kombu.exceptions import KombuError, OperationalError

    from runs.celery_app import app  # the web is up before the queue is loaded

    try:
        app.send_task(task, args=[pk], queue=queue, retry=False, ignore_result=True)
    except (OperationalError, KombuError, OSError) as error:
        logger.warning(
            "%s %s: the broker took no message (%s); it will be sent again", task, pk, error
        )
        return False
    return True


def publish_if_queued(run: Run) -> None:
    """Publish a run once the transaction in hand has ended, if it is queued by now."""
    if run.status == Status.QUEUED:
        transaction.on_commit(partial(publish, run.pk, run.queue))
