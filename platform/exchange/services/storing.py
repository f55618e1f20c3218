"""From a run of `ingest` to images of a dataset: each image whole or not at all, and once only.

It may be called twice, also by two processes at a time: what has a line is done.
"""

from __future__ import annotations

import json
import logging
from pathlib import PurePosixPath
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from catalog.errors import CatalogError, DuplicateImage
from catalog.models import Image, ScaleSource
from catalog.services import image_add
from core.files import file_open
from core.models import StoredFile
from exchange.models import Import, ImportLine
from runs.models import Artifact, ImageOrigin, Run, Status

logger = logging.getLogger(__name__)

REFUSALS_FROM = 10_000_000  # positions of what the stage refused, after those of the images
_BATCH = 1000
Outcome = ImportLine.Outcome


def import_end(*, run: Run) -> None:
    """Follow the end of an import's run; other runs are none of our business."""
    batch = Import.objects.filter(run=run).select_related("dataset", "started_by").first()
    if batch is None or batch.state == Import.State.DONE or run.status == Status.LOST:
        return
    if run.status != Status.SUCCEEDED:
        problem = run.problem or f"Its run is {run.get_status_display().lower()}."
        _finish(batch, Import.State.FAILED, problem)
        return
    try:
        _store(batch, run)
    except Exception:
        _finish(
            batch,
            Import.State.FAILED,
            "Its results could not be stored; the images taken so far are in the dataset. Upload "
            "the files again: what is there already is recognised.",
        )
        raise
    _finish(batch, Import.State.DONE, "")


def _store(batch: Import, run: Run) -> None:
    files = _Files(batch, run)
    told = files.report()
    done = set(batch.lines.values_list("position", flat=True))
    for image in told["images"]:
        if image["number"] not in done:
            _take(batch, run, image, files)
    lines = [
        ImportLine(
            batch=batch,
            position=REFUSALS_FROM + number,
            name=refusal["name"][:300],
            outcome=Outcome.REFUSED,
            kind=refusal["kind"],
            reason=refusal["reason"],
        )
        for number, refusal in enumerate(told["refused"])
    ]
    ImportLine.objects.bulk_create(lines, batch_size=_BATCH, ignore_conflicts=True)


class _Files:
    """The stored files behind the paths that a run of `ingest` tells of."""

    def __init__(self, batch: Import, run: Run) -> None:
        self._made = dict(run.artifacts.values_list("path", "file_id"))
        self._ingested = run.artifacts.select_related("file").get(role="ingested").file
        if batch.file_set is not None:
            self._uploaded = dict(batch.file_set.items.values_list("name", "file_id"))
        else:
            made = Artifact.objects.filter(run__consumers__run=run)
            self._uploaded = dict(made.values_list("path", "file_id"))

    def report(self) -> dict[str, Any]:
        with file_open(self._ingested) as stream:
            told: dict[str, Any] = json.load(stream)
        return told

    def made(self, path: str) -> StoredFile:
        return StoredFile.objects.get(pk=self._made[path])

    def original(self, image: dict[str, Any]) -> StoredFile:
        if image["original"]:
            return self.made(image["original"])
        return StoredFile.objects.get(pk=self._uploaded[image["uploaded"]])


def _take(batch: Import, run: Run, told: dict[str, Any], files: _Files) -> None:
    line = ImportLine(
        batch=batch, position=told["number"], name=told["name"][:300], outcome=Outcome.TAKEN
    )
    try:
        with transaction.atomic():
            line.save()  # first: of two processes that come here one stops at it
            try:
                image = _added(batch, told, files)
            except CatalogError as error:
                kind = "duplicate" if isinstance(error, DuplicateImage) else "refused"
                line.outcome, line.kind, line.reason = Outcome.REFUSED, kind, str(error)
                line.image = error.existing if isinstance(error, DuplicateImage) else None
            else:
                line.image = image
                line.reason = _to_know(told)
                ImageOrigin.objects.get_or_create(image=image, defaults={"run": run})
            line.save()
    except IntegrityError:
        logger.info("run %s: %s was taken meanwhile", run.pk, told["name"])


def _to_know(told: dict[str, Any]) -> str:
    """What was done to the pixels, such as leaving out pages, and what came with them."""
    said = "; ".join(told["notes"])
    sentences = [f"{said[0].upper()}{said[1:]}."] if said else []
    if told["truth"]:
        sentences.append(f"With {told['particles']:,} particles as ground truth.")
    return " ".join(sentences)


def _added(batch: Import, told: dict[str, Any], files: _Files) -> Image:
    nm_per_px = told["nm_per_px"]
    from_table = told["nm_per_px_source"].startswith("table ")
    image = image_add(
        dataset=batch.dataset,
        name=PurePosixPath(told["name"]).name,
        file=files.original(told),
        view=files.made(told["view"]),
        thumbnail=files.made(told["thumbnail"]),
        width_px=told["width_px"],
        height_px=told["height_px"],
        added_by=batch.started_by,
        phash=told["phash"],
        nm_per_px=nm_per_px,
        scale_source=ScaleSource.TYPED if from_table else ScaleSource.TAG,
        data_bar_row=told["bar_row"],
        truth=files.made(told["truth"]) if told["truth"] else None,
        material=told["material"],
        shape=told["shape"],
        source=told["source"] or batch.source,
        licence=told["licence"] or batch.licence,
        split=told["split"],
    )
    for name in told["tags"]:
        image.tags.add(batch.dataset.tags.get_or_create(name=name)[0])
    return image


def _finish(batch: Import, state: str, problem: str) -> None:
    taken = batch.lines.filter(outcome=Outcome.TAKEN)
    Import.objects.filter(pk=batch.pk).update(
        state=state,
        problem=problem,
        ended_at=timezone.now(),
        taken_count=taken.count(),
        truth_count=taken.filter(image__truth__isnull=False).count(),
        refused_count=batch.lines.filter(outcome=Outcome.REFUSED).count(),
    )
