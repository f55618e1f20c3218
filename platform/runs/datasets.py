"""A dataset made of the artificial images of a run, each traced to the run and the scene."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from catalog.errors import DuplicateImage
from catalog.models import Dataset, Kind, ScaleSource
from catalog.services import dataset_create, image_add
from core.audit import noted
from runs.errors import RunRefused
from runs.models import ImageOrigin, Pair, Run, Status


def dataset_from_run(*, run: Run, by: User, name: str) -> Dataset:
    """Make a dataset of a run's artificial images, or fill up the one of that name.

    The images are PNG files that the pipeline wrote, so they are shown as they are. Their pixel
    size and their truth come from the simulation. Asked twice, it does the same once.
    """
    if run.status != Status.SUCCEEDED or not run.pairs.exists():
        raise RunRefused("run", "Only a finished run that made artificial images gives a dataset.")
    with transaction.atomic():
        dataset = Dataset.objects.filter(owner=by, name=name.strip()).first()
        if dataset is None:
            dataset = dataset_create(
                owner=by,
                name=name,
                kind=Kind.ARTIFICIAL,
                description=f"Artificial micrographs made by {run}.",
                source=f"Semblance, {run}",
            )
        elif dataset.kind != Kind.ARTIFICIAL:
            raise RunRefused(
                "name", f"{dataset.name} holds real micrographs; choose a name of its own."
            )
        for pair in run.pairs.select_related("image", "labels").order_by("number"):
            _add(dataset, pair, by)
        noted(actor=by, action="dataset.filled", subject=dataset, run=run.pk)
    return dataset


def _add(dataset: Dataset, pair: Pair, by: User) -> None:
    try:
        image = image_add(
            dataset=dataset,
            name=f"run {pair.run_id} image {pair.number:05d}.png",
            file=pair.image,
            view=pair.image,
            thumbnail=pair.image,
            width_px=pair.width_px,
            height_px=pair.height_px,
            added_by=by,
            nm_per_px=pair.nm_per_px,
            scale_source=ScaleSource.SIMULATED,
            truth=pair.labels,
        )
    except DuplicateImage:
        return  # taken before
    ImageOrigin.objects.create(image=image, run_id=pair.run_id, pair=pair)
