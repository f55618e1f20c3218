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
    # The web is up before the queue is loaded.
    from kombu.exceptions import KombuError, OperationalError
    from sqlalchemy.exc import IntegrityError, SQLAlchemyError

    try:
        try:
            _send(task, pk, queue)
        except IntegrityError:
            # A worker made the queue in the broker's file at this very moment: now it is there.
            _send(task, pk, queue)
    except (OperationalError, KombuError, SQLAlchemyError, OSError) as error:
        logger.warning(
            "%s %s: the broker took no message (%s); it will be sent again", task, pk, error
        )
        return False
    return True


def _send(task: str, pk: int, queue: str) -> None:
    from runs.celery_app import app

    # A connection of its own: one on which a message failed takes no other one.
    with app.connection_for_write() as connection:
        app.send_task(
            task, args=[pk], queue=queue, connection=connection, retry=False, ignore_result=True
        )


def publish_if_queued(run: Run) -> None:
    """Publish a run once the transaction in hand has ended, if it is queued by now."""
    if run.status == Status.QUEUED:
        transaction.on_commit(partial(publish, run.pk, run.queue))
