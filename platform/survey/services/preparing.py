"""Having a study's images made alike by the stage `stimuli`, and taking what it made."""

from __future__ import annotations

import hashlib
import json
from pathlib import PurePosixPath
from typing import Any

from django.db import transaction

from accounts.models import User
from core.audit import noted
from core.files import bytes_store, file_open
from core.models import FileSet, FileSetItem
from runs.errors import RunRefused
from runs.models import Run, Status
from runs.services import InputRef, run_start
from survey.errors import StudyRefused
from survey.models import Answer, State, Stimulus, Study
from survey.protocol import Settings
from survey.services.studies import forget_preparation, require_draft

STAGE = "stimuli"
# What stages read beside images; a row below the last says that there is no data bar.
KNOWN, NO_BAR = "micrographs.json", 1_000_000
_SUFFIXES = {".tif", ".tiff", ".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".pgm", ".ppm"}


def stimuli_prepare(*, study: Study, by: User) -> Run:
    """Start the run that makes all chosen images alike; `stimuli_take` gets its results."""
    with transaction.atomic():
        locked = Study.objects.select_for_update().get(pk=study.pk)
        require_draft(locked)
        chosen = list(locked.stimuli.order_by("number").select_related("image"))
        if all(stimulus.use == Stimulus.Use.ATTENTION for stimulus in chosen):
            raise StudyRefused("No image is chosen yet.")
        forget_preparation(locked)
        settings = Settings.of(locked)
        drawn = _attention(locked, settings.attention)
        chosen = [stimulus for stimulus in chosen if stimulus.use != Stimulus.Use.ATTENTION]
        try:
            run = run_start(
                owner=by,
                stage=STAGE,
                spec={
                    "width_px": settings.width_px,
                    "height_px": settings.height_px,
                    "crop": settings.crop,
                    "attention": [
                        f"{s.number:04d}: Please answer: {s.get_truth_display()}, Sure"
                        for s in drawn
                    ],
                },
                inputs=[InputRef(field="images", file_set=_file_set(chosen))],
                name=f"Images of “{locked.name}”"[:120],
                seed=_seed_of(locked),
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


def _attention(study: Study, count: int) -> list[Stimulus]:
    """The pictures that say what to answer, as often “real” as “artificial”, anew."""
    study.stimuli.filter(use=Stimulus.Use.ATTENTION).delete()
    last = study.stimuli.order_by("-number").values_list("number", flat=True).first() or 0
    answers = [Answer.ARTIFICIAL, Answer.REAL]
    if study.seed % 2:
        answers.reverse()
    made = [
        Stimulus(
            study=study,
            number=last + index + 1,
            use=Stimulus.Use.ATTENTION,
            truth=answers[index % 2],
            source_name=f"Attention {index + 1}: {answers[index % 2].label}",
        )
        for index in range(count)
    ]
    return Stimulus.objects.bulk_create(made)


def _seed_of(study: Study) -> int:
    """A seed for the run, whose page shows it; the study's own deals orders and stays closed."""
    return int.from_bytes(hashlib.sha256(f"stimuli/{study.seed}".encode()).digest()[:6], "big")


def _file_set(chosen: list[Stimulus]) -> FileSet:
    """The sources under numbers: the stage is not told what is real, and names say nothing."""
    file_set = FileSet.objects.create()
    items: list[FileSetItem] = []
    known: dict[str, dict[str, int]] = {}
    for stimulus in chosen:
        assert stimulus.source_id is not None  # noqa: S101 - drawn pictures are left out
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
