"""Start a worker: `manage.py worker --queues gpu --name big-machine` is all a GPU needs."""

import logging
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.parent import end_with_parent
from runs.gpu import gpu_name
from runs.models import Queue

STOP_S = 12.0  # its stage is gone in 4 and its run handed back


class Command(BaseCommand):
    help = "Work on runs, one at a time, until Ctrl-C; the run in hand then goes back to its queue."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--queues", default=",".join(Queue.values), help="separated by commas")
        parser.add_argument("--name", default="worker", help="of this worker on this machine")
        parser.add_argument("--concurrency", type=int, default=1, help="must be 1")
        parser.add_argument("--prefetch", type=int, default=1, help="must be 1")

    def handle(self, *args: Any, **options: Any) -> None:
        queues = [name.strip() for name in options["queues"].split(",") if name.strip()]
        unknown = [name for name in queues if name not in Queue.values]
        if unknown or not queues:
            known = ", ".join(Queue.values)
            raise CommandError(f"--queues: {', '.join(unknown) or 'none'}; there are {known}.")
        if options["concurrency"] != 1 or options["prefetch"] != 1:
            raise CommandError(
                "A worker takes one run at a time and fetches none ahead; "
                "start another worker to work on two."
            )
        if Queue.GPU in queues and not gpu_name():
            queues.remove(Queue.GPU)  # who listens there promises a GPU
            if not queues:
                raise CommandError("There is no GPU here that nvidia-smi knows of.")
        from runs.celery_app import app

        end_with_parent(hard_after_s=STOP_S)
        worker = app.Worker(
            hostname=_nodename(options["name"]),
            queues=queues,
            pool="threads",
            concurrency=1,
            prefetch_multiplier=1,
            quiet=True,
            loglevel=logging.getLevelName(logging.getLogger().level),
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
        )
        worker.start()
        sys.exit(worker.exitcode)


def _nodename(name: str) -> str:
    from celery.utils.nodenames import default_nodename

    return str(default_nodename(name if "@" in name else f"{name}@"))
