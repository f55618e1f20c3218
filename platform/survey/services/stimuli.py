"""Choosing a study's images, and having them made alike by the stage `stimuli`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from catalog.models import Image, Kind
from core.audit import noted
from core.files import bytes_store, file_open
from core.models import FileSet, FileSetItem
from runs.errors import RunRefused
from runs.models import Pair, Run, Status
from runs.services import InputRef, run_start
from survey.errors import StudyRefused
from survey.models import Answer, State, Stimulus, Study
from survey.protocol import Settings
from survey.services.studies import forget_preparation, require_draft

STAGE, MOST = "stimuli", 600
# What stages read beside images; a row below the last says that there is no data bar.
KNOWN, NO_BAR = "micrographs.json", 1_000_000
_SUFFIXES = {".tif", ".tiff", ".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".pgm", ".ppm"}


@dataclass(slots=True)
class Added:
    """What came of a choice: how many were taken, and which were not."""

    taken: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


def stimuli_add(
    *, study: Study, by: User, images: Iterable[Image] = (), pairs: Iterable[Pair] = ()
) -> Added:
    """Add images of datasets and artificial images of runs; what cannot be is left out and named.

    The caller has checked that `by` may see them.
    """
    added = Added()
    with transaction.atomic():
        locked = Study.objects.select_for_update().get(pk=study.pk)
        require_draft(locked)
        known = set(locked.stimuli.values_list("source_id", flat=True))
        last: int = locked.stimuli.aggregate(last=Max("number"))["last"] or 0
        new: list[Stimulus] = []
        for made in (*_from_images(images, added), *_from_pairs(pairs)):
            if made.source_id in known:
                added.refused.append((made.source_name, "is in the study already."))
            elif len(known) >= MOST:
                added.refused.append((made.source_name, f"is one more than {MOST} images."))
            else:
                known.add(made.source_id)
                made.study, made.number = locked, last + len(new) + 1
                new.append(made)
        Stimulus.objects.bulk_create(new)
        added.taken = len(new)
        if new:
            _chosen_anew(locked, by, added=len(new))
    return added


def stimuli_remove(*, study: Study, by: User, numbers: Iterable[int]) -> int:
    with transaction.atomic():
        locked = Study.objects.select_for_update().get(pk=study.pk)
        require_draft(locked)
        # Previews hold on to the images that they show.
        locked.sessions.all().delete()
        gone, _ = locked.stimuli.filter(number__in=list(numbers)).delete()
        if gone:
            _chosen_anew(locked, by, removed=gone)
    return int(gone)


def stimuli_prepare(*, study: Study, by: User) -> Run:
    """Start the run that makes all chosen images alike; `stimuli_take` gets its results."""
    with transaction.atomic():
        locked = Study.objects.select_for_update().get(pk=study.pk)
        require_draft(locked)
        chosen = list(locked.stimuli.order_by("number").select_related("image"))
        if not chosen:
            raise StudyRefused("No image is chosen yet.")
        forget_preparation(locked)
        settings = Settings.of(locked)
        try:
            run = run_start(
                owner=by,
                stage=STAGE,
                spec={
                    "width_px": settings.width_px,
                    "height_px": settings.height_px,
                    "crop": settings.crop,
                },
                inputs=[InputRef(field="images", file_set=_file_set(chosen))],
                name=f"Images of “{locked.name}”"[:120],
                seed=locked.seed,
            )
        except RunRefused as refused:
            raise StudyRefused(f"The images cannot be prepared. {refused.reason}") from None
        locked.stimuli_run = run
        locked.save()
        noted(actor=by, action="study.prepared", subject=locked, run=run.pk)
    study.refresh_from_db()
    return run


def stimuli_take(*, run: Run) -> None:
    """Give the stimuli the files that their run made; asked twice it does the same twice."""
    if run.stage != STAGE or run.status != Status.SUCCEEDED:
        return
    with transaction.atomic():
        study = Study.objects.select_for_update().filter(stimuli_run=run).first()
        if study is None or study.state != State.DRAFT:
            return
        files = {
            _number_of(artifact.path): artifact.file_id
            for artifact in run.artifacts.filter(role="stimulus")
        }
        refused = {_number_of(one["name"]): one["reason"] for one in run.refused}
        report = _report(run)
        told = {_number_of(one["name"]): one for one in report.get("stimuli", ())}
        changed = []
        for stimulus in study.stimuli.all():
            stimulus.served_id = files.get(stimulus.number)
            stimulus.problem = refused.get(stimulus.number, "")[:300]
            if stimulus.served_id:
                stimulus.width_px, stimulus.height_px = report["width_px"], report["height_px"]
                stimulus.figures = told.get(stimulus.number, {})
            changed.append(stimulus)
        Stimulus.objects.bulk_update(
            changed, ["served", "problem", "width_px", "height_px", "figures"]
        )


def _from_images(images: Iterable[Image], added: Added) -> Iterator[Stimulus]:
    for image in images:
        if image.is_excluded:
            added.refused.append((image.name, f"is excluded: {image.excluded_reason}"))
            continue
        artificial = image.dataset.kind == Kind.ARTIFICIAL
        yield Stimulus(
            truth=Answer.ARTIFICIAL if artificial else Answer.REAL,
            arm=image.dataset.name[:80] if artificial else "",
            image=image,
            source_id=image.file_id,
            source_name=image.name,
            source_width_px=image.width_px,
            source_height_px=image.height_px,
        )


def _from_pairs(pairs: Iterable[Pair]) -> Iterator[Stimulus]:
    for pair in pairs:
        yield Stimulus(
            truth=Answer.ARTIFICIAL,
            arm=pair.generator,
            pair=pair,
            source_id=pair.image_id,
            source_name=f"{pair.run.name}, {pair.number}"[:200],
            source_width_px=pair.width_px,
            source_height_px=pair.height_px,
        )


def _chosen_anew(study: Study, by: User, **counts: int) -> None:
    forget_preparation(study)
    study.save()
    noted(actor=by, action="study.images-changed", subject=study, **counts)


def _file_set(chosen: list[Stimulus]) -> FileSet:
    """The sources under numbers: the stage is not told what is real, and names say nothing."""
    file_set = FileSet.objects.create()
    items: list[FileSetItem] = []
    known: dict[str, dict[str, int]] = {}
    for stimulus in chosen:
        if stimulus.source_id is None:  # drawn by the stage itself
            continue
        suffix = PurePosixPath(stimulus.source_name).suffix.lower()
        name = f"{stimulus.number:04d}{suffix if suffix in _SUFFIXES else '.png'}"
        items.append(FileSetItem(file_set=file_set, name=name, file_id=stimulus.source_id))
        image = stimulus.image
        if image is None:
            known[name] = {"data_bar_row": NO_BAR}
        elif image.data_bar_confirmed:
            known[name] = {"data_bar_row": image.data_bar_row or NO_BAR}
    said = bytes_store(json.dumps(known).encode(), name=KNOWN)
    items.append(FileSetItem(file_set=file_set, name=KNOWN, file=said))
    FileSetItem.objects.bulk_create(items)
    return file_set


def _number_of(path: str) -> int:
    return int(PurePosixPath(path).stem)


def _report(run: Run) -> dict[str, Any]:
    artifact = run.artifacts.filter(role="report").select_related("file").first()
    if artifact is None:
        return {}
    with file_open(artifact.file) as stream:
        found: dict[str, Any] = json.loads(stream.read())
    return found
