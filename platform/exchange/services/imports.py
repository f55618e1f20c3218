"""Starting imports: files at hand become a file set, and a run of `ingest` reads it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, cast

from django.db import IntegrityError, transaction

from accounts.models import User
from catalog.models import Dataset
from catalog.text import clean_line
from core.audit import noted
from core.discarding import files_let_go
from core.files import file_store
from core.models import FileSet, FileSetItem, StoredFile
from exchange.errors import ExchangeRefused
from exchange.models import Import, ImportLine, Origin, Upload
from exchange.services.names import clean_path, each_once
from exchange.services.uploads import too_large
from runs.errors import RunRefused
from runs.models import Queue, Run
from runs.services import InputRef, run_start

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

# More than this is no longer a matter of waiting for it at the screen.
_INTERACTIVE_BYTES = 1 << 29
_BATCH = 1000
_UNFINISHED = "did not arrive whole; choose it again and the upload goes on where it stopped."
_SAID = 5  # reasons, where nothing is left to take


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file that is here already, and its name with folders."""

    name: str
    file: StoredFile


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that did not even get this far, and why."""

    name: str
    kind: str
    reason: str


def files_sent(files: Iterable[UploadedFile[Any]]) -> tuple[list[Incoming], list[LeftOut]]:
    """Store what came whole with one request; what is larger than one file may be is left out."""
    taken: list[Incoming] = []
    left_out: list[LeftOut] = []
    try:
        for one in files:
            name = clean_path(str(one.name))
            if problem := too_large(name=name, size_bytes=one.size or 0):
                left_out.append(LeftOut(name, "too-large", problem))
            else:
                stored = file_store(source=cast(IO[bytes], one.file), name=str(one.name))
                taken.append(Incoming(name, stored))
    except OSError:  # the disk is full, or away: it must not stay full of what came before
        files_let_go(one.file.pk for one in taken)
        raise
    return taken, left_out


def import_start(
    *,
    dataset: Dataset,
    by: User,
    files: Sequence[Incoming],
    pieces: Sequence[Upload] = (),
    token: uuid.UUID | None = None,
    origin: str = Origin.UPLOAD,
    title: str = "",
    source: str = "",
    licence: str = "",
    left_out: Sequence[LeftOut] = (),
) -> Import:
    """Start to take files into a dataset; the same `token` a second time is the same import.

    `pieces` are uploads of `by` for this dataset; those that are whole are taken, and are over.
    """
    token = token or uuid.uuid4()
    earlier = _earlier(token, dataset)
    if earlier is not None:
        return earlier
    files = [*files, *(Incoming(one.name, one.file) for one in pieces if one.file is not None)]
    unfinished = [one.name for one in pieces if one.file is None]
    left_out = [*left_out, *(LeftOut(name, "unfinished", _UNFINISHED) for name in unfinished)]
    if not files:
        said = " ".join(one.reason for one in left_out[:_SAID])
        raise ExchangeRefused(
            said
            or "There is no file to take. Choose images, ZIPs, or a folder with images and masks."
        )
    try:
        with transaction.atomic():
            file_set = _file_set(files)
            batch = Import.objects.create(
                token=token,
                file_set=file_set,
                **_facts(dataset, by, origin, title or _title(files), source, licence),
            )
            _note_left_out(batch, left_out)
            weight = sum(one.file.size_bytes for one in files)
            _run(batch, by, InputRef(field="uploads", file_set=file_set), weight)
            for one in pieces:
                if one.file is not None:
                    one.delete()  # its content is in the file set now
    except IntegrityError:
        earlier = _earlier(token, dataset)
        if earlier is None:
            raise
        return earlier
    return batch


def import_from_run(
    *, dataset: Dataset, by: User, run: Run, title: str, source: str = "", licence: str = ""
) -> Import:
    """Take what a run makes (`fetch`) into a dataset; it may still be under way."""
    with transaction.atomic():
        facts = _facts(dataset, by, Origin.PUBLISHED, title, source, licence)
        batch = Import.objects.create(**facts)
        _run(batch, by, InputRef(field="uploads", source_run=run), 0)
    return batch


def _earlier(token: uuid.UUID, dataset: Dataset) -> Import | None:
    found = Import.objects.filter(token=token).first()
    if found is not None and found.dataset_id != dataset.pk:
        raise ExchangeRefused("This form was sent before; open the upload page anew.")
    return found


def _facts(
    dataset: Dataset, by: User, origin: str, title: str, source: str, licence: str
) -> dict[str, Any]:
    return {
        "dataset": dataset,
        "started_by": by,
        "origin": origin,
        "title": clean_line(title, limit=200),
        "source": clean_line(source, limit=300),
        "licence": clean_line(licence, limit=120),
    }


def _title(files: Sequence[Incoming]) -> str:
    return files[0].name if len(files) == 1 else f"{len(files):,} files"


def _file_set(files: Sequence[Incoming]) -> FileSet:
    file_set = FileSet.objects.create()
    names = each_once(one.name for one in files)
    FileSetItem.objects.bulk_create(
        [
            FileSetItem(file_set=file_set, name=name, file=one.file)
            for name, one in zip(names, files, strict=True)
        ],
        batch_size=_BATCH,
    )
    return file_set


def _note_left_out(batch: Import, left_out: Sequence[LeftOut]) -> None:
    ImportLine.objects.bulk_create(
        [
            ImportLine(
                batch=batch,
                position=-1 - number,  # before all that the stage will tell
                name=one.name[:300],
                outcome=ImportLine.Outcome.REFUSED,
                kind=one.kind,
                reason=one.reason,
            )
            for number, one in enumerate(left_out)
        ],
        batch_size=_BATCH,
    )


def _run(batch: Import, by: User, given: InputRef, weight: int) -> None:
    try:
        batch.run = run_start(
            owner=by,
            stage="ingest",
            inputs=[given],
            name=f"Import: {batch.title}",
            queue=Queue.INTERACTIVE if weight <= _INTERACTIVE_BYTES else Queue.CPU,
        )
    except RunRefused as refusal:
        raise ExchangeRefused(f"The import could not be started: {refusal.reason}") from None
    batch.save(update_fields=["run"])
    noted(actor=by, action="import.started", subject=batch, dataset=batch.dataset_id)
