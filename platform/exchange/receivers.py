from typing import Any

from django.dispatch import receiver

from catalog.models import Dataset
from catalog.signals import dataset_deleting
from exchange.services.deleting import imports_delete
from exchange.services.storing import import_end
from runs.models import Run
from runs.signals import run_ended


@receiver(run_ended, dispatch_uid="exchange.import_end")
def follow_import(sender: Any, *, run: Run, **kwargs: Any) -> None:
    if run.stage == "ingest":
        import_end(run=run)


@receiver(dataset_deleting, dispatch_uid="exchange.imports_delete")
def follow_dataset(sender: Any, *, dataset: Dataset, **kwargs: Any) -> None:
    imports_delete(dataset=dataset)
