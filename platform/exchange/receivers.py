from typing import Any

from django.dispatch import receiver

from exchange.services.storing import import_end
from runs.models import Run
from runs.signals import run_ended


@receiver(run_ended, dispatch_uid="exchange.import_end")
def follow_import(sender: Any, *, run: Run, **kwargs: Any) -> None:
    if run.stage == "ingest":
        import_end(run=run)
