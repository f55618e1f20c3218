"""What goes with a dataset: its imports, their runs, and the files that these hold."""

from __future__ import annotations

import contextlib
from typing import Any

from django.db.models import ProtectedError, QuerySet

from catalog.errors import InUse
from catalog.models import Dataset
from core.discarding import rows_delete
from core.models import FileSet
from exchange.models import Import, Upload
from exchange.services.uploads import UploadBusy, upload_delete
from runs.models import ImageOrigin, Run


def imports_delete(*, dataset: Dataset) -> None:
    """Delete the imports and unfinished uploads of a dataset: its files do not stay for these.

    A run that something else came from stays; so does one that fetched files, and these.
    """
    imports = Import.objects.filter(dataset=dataset)
    if imports.filter(state=Import.State.RUNNING).exists():
        raise InUse(
            f"An import into {dataset.name} is still running. Nothing was deleted; cancel its run "
            "or wait for its end, then delete the dataset."
        )
    for upload in Upload.objects.filter(dataset=dataset):
        try:
            upload_delete(upload=upload)
        except UploadBusy:
            raise InUse(
                f"{upload.name} is being uploaded into {dataset.name}. Nothing was deleted; wait "
                "for its end, then delete the dataset."
            ) from None
    runs = list(imports.exclude(run=None).values_list("run_id", flat=True))
    sets = list(imports.exclude(file_set=None).values_list("file_set_id", flat=True))
    rows_delete(imports)
    rows_delete(ImageOrigin.objects.filter(image__dataset=dataset, run__in=runs))
    owned: list[QuerySet[Any]] = [Run.objects.filter(pk=pk) for pk in runs]
    owned += [FileSet.objects.filter(pk=pk) for pk in sets]
    for one in owned:
        with contextlib.suppress(ProtectedError):  # others refer to it: it stays
            rows_delete(one)
