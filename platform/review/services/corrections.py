"""Corrections of a mask: computed by the pipeline, kept as a version of the one they came from.

Nothing is half-written: until the stage has ended well there is only a pending correction, and the
version, its counter and the item's newest version are written together.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from catalog.text import clean_line
from core.audit import noted
from core.files import bytes_store
from core.models import FileSet, FileSetItem, StoredFile
from review.errors import ReviewRefused, VersionConflict
from review.models import (
    Correction,
    MaskVersion,
    ParticleDecision,
    Progress,
    ReviewItem,
    State,
)
from review.particles import particles_read
from review.services.decisions import item_decide
from runs.errors import RunRefused
from runs.models import Queue, Run, Status
from runs.services import InputRef, run_cancel, run_start

STAGE = "edit-labels"
MOST_EDITS = 20_000
MOST_BYTES = 8_000_000
_ENDED_BADLY = {Status.FAILED, Status.CANCELLED, Status.LOST}


def correction_start(
    *,
    item: ReviewItem,
    base_number: int,
    edits: Sequence[dict[str, Any]],
    by: User,
    note: str = "",
    dismissed: Sequence[int] = (),
) -> Correction:
    """Send edits of a version to be computed.

    Raises VersionConflict where the version is not the newest any more, or another correction is
    under way. `dismissed` names particles that a person dismissed from the crops.
    """
    listed = _checked(edits)
    base = item.versions.filter(number=base_number).first()
    if base is None:
        raise ReviewRefused(f"There is no version {base_number} of this mask.")
    with transaction.atomic():
        newest, pending = _now(item)
        if pending is not None or newest.pk != base.pk:
            raise VersionConflict(newest, pending)
        try:
            with transaction.atomic():
                correction = Correction.objects.create(
                    item=item, base=base, edits=listed, author=by, note=clean_line(note, limit=300)
                )
        except IntegrityError:
            raise VersionConflict(*_now(item)) from None
        correction.run = _run(item, base, listed, by, correction.note)
        correction.save(update_fields=["run"])
        ParticleDecision.objects.bulk_create(
            [
                ParticleDecision(
                    version=base, label=label, verdict=ParticleDecision.Verdict.DISMISSED, by=by
                )
                for label in dict.fromkeys(dismissed)
            ],
            ignore_conflicts=True,
        )
    return correction


def correction_settle(*, correction: Correction) -> Correction:
    """Keep what the stage made as the newest version, or say why there is none; repeat-safe."""
    run = correction.run
    if correction.progress != Progress.PENDING or (run is not None and not run.is_final):
        return correction
    if run is None or run.status in _ENDED_BADLY:
        problem = (run and run.problem) or "Its run is gone; save the edits again."
        Correction.objects.filter(pk=correction.pk, progress=Progress.PENDING).update(
            progress=Progress.REFUSED, problem=problem
        )
        correction.refresh_from_db()
        return correction
    made = _files(run)
    try:
        with transaction.atomic():
            now = Correction.objects.select_for_update().get(pk=correction.pk)
            if now.progress == Progress.PENDING:
                _keep(now, run, made)
    except IntegrityError:
        if not MaskVersion.objects.filter(made_by_run=run).exists():
            raise  # else somebody else kept it a moment ago
    correction.refresh_from_db()
    return correction


def correction_cancel(*, correction: Correction, by: User) -> None:
    """Give a correction up, so that others can correct; the edits stay in the browser."""
    if correction.progress != Progress.PENDING:
        raise ReviewRefused("It has ended already.")
    if correction.run is not None and not correction.run.is_final:
        run_cancel(run=correction.run, by=by)
    Correction.objects.filter(pk=correction.pk, progress=Progress.PENDING).update(
        progress=Progress.REFUSED, problem=f"Cancelled by {by}."
    )


def outlines_start(*, version: MaskVersion, by: User) -> MaskVersion:
    """Have outlines and the TIFF of a version made, which only exports need; once is enough."""
    with transaction.atomic():
        MaskVersion.objects.select_for_update().get(pk=version.pk)  # of two clicks one starts it
        version.refresh_from_db(fields=["outlines", "files_run"])
        if version.outlines_id is not None:
            return version
        running = version.files_run
        if running is not None and running.status not in _ENDED_BADLY:
            return outlines_settle(version=version)
        version.files_run = _run(version.item, version, [], by, version.note)
        version.save(update_fields=["files_run"])
    return version


def outlines_settle(*, version: MaskVersion) -> MaskVersion:
    run = version.files_run
    if run is not None and version.outlines_id is None and run.status == Status.SUCCEEDED:
        made = _files(run)
        version.outlines, version.mask = made["outlines.json"], made["mask.tif"]
        version.save(update_fields=["outlines", "mask"])
    return version


def _checked(edits: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What can be said without the pixels; the stage has the last word."""
    if not isinstance(edits, list) or not all(isinstance(edit, dict) for edit in edits):
        raise ReviewRefused("The edits are a list of objects.")
    if not edits:
        raise ReviewRefused("There is nothing to save: no edit was made.")
    if len(edits) > MOST_EDITS:
        raise ReviewRefused(f"There are {len(edits)} edits; save after at most {MOST_EDITS}.")
    try:
        text = json.dumps(edits, allow_nan=False, ensure_ascii=False)
        size = len(text.encode())
    except (ValueError, RecursionError):  # no number, half a character, or nested without end
        raise ReviewRefused("The edits hold a value that cannot be kept.") from None
    if "\\u0000" in text:
        raise ReviewRefused("The edits hold a value that cannot be kept.")
    if size > MOST_BYTES:
        raise ReviewRefused("The edits are larger than 8 MB; save more often.")
    return list(edits)


def _now(item: ReviewItem) -> tuple[MaskVersion, Correction | None]:
    newest = item.versions.select_related("author").order_by("-number")[0]
    waiting = item.corrections.filter(progress=Progress.PENDING)
    return newest, waiting.select_related("author", "run").first()


def _run(
    item: ReviewItem, base: MaskVersion, edits: list[dict[str, Any]], by: User, note: str
) -> Run:
    inputs = [InputRef("labels", file_set=_file_set("labels.png", base.labels))]
    if edits:
        content = json.dumps({"edits": edits}, separators=(",", ":")).encode()
        stored = bytes_store(content, name="edits.json")
        inputs.append(InputRef("edits", file_set=_file_set("edits.json", stored)))
    by_name = by.get_username()
    told = f"{item.name}, {base}, corrected by {by_name}. {note}" if edits else f"{base}. {note}"
    try:
        return run_start(
            owner=by,
            stage=STAGE,
            spec={"nm_per_px": item.nm_per_px, "rows": item.rows_px, "note": told.strip()},
            inputs=inputs,
            name=f"{'Correction' if edits else 'Outlines'} of {item.name}"[:120],
            queue=Queue.INTERACTIVE,
        )
    except RunRefused as refused:
        raise ReviewRefused(f"It cannot be computed: {refused.reason}") from None


def _file_set(name: str, stored: StoredFile) -> FileSet:
    files = FileSet.objects.create()
    FileSetItem.objects.create(file_set=files, name=name, file=stored)
    return files


def _files(run: Run) -> dict[str, StoredFile]:
    return {one.path: one.file for one in run.artifacts.select_related("file")}


def _keep(now: Correction, run: Run, made: dict[str, StoredFile]) -> None:
    version = MaskVersion.objects.create(
        item=now.item,
        number=now.base.number + 1,
        parent=now.base,
        labels=made["labels.png"],
        particles=made["particles.json"],
        outlines=made["outlines.json"],
        mask=made["mask.tif"],
        particle_count=particles_read(made["particles.json"])["count"],
        edits=now.edits,
        note=now.note,
        author=now.author,
        made_by_run=run,
    )
    now.version, now.progress = version, Progress.DONE
    now.save(update_fields=["version", "progress"])
    ReviewItem.objects.filter(pk=now.item_id).update(head=version)
    noted(actor=now.author, action="mask.corrected", subject=version, edits=len(now.edits))
    if now.item.state != State.PENDING and now.author is not None:
        # What was accepted or rejected was another mask.
        item_decide(item=now.item, by=now.author, state=State.PENDING)
