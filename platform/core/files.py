"""Files by their SHA-256, behind Django's storage API: stored once, never changed.

Nobody reads a file by its hash alone: each app serves its own files after its own access check
(`core.sending`).
"""

from __future__ import annotations

import hashlib
import mimetypes
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from django.core.files import File
from django.core.files.storage import default_storage

from core.models import StoredFile

CHUNK_BYTES = 1 << 20


def storage_name(sha256: str) -> str:
    """Where a file lies in the storage; two levels, so that no folder holds millions."""
    return f"files/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def file_store(*, source: Path | IO[bytes], name: str = "", media_type: str = "") -> StoredFile:
    """Keep the content of `source`; the same content a second time is the same row.

    `name` only serves to guess the media type.
    """
    if isinstance(source, Path):
        with source.open("rb") as stream:
            return file_store(source=stream, name=name or source.name, media_type=media_type)
    sha256, size = _digest(source)
    found = StoredFile.objects.filter(pk=sha256).first()
    if found is not None and _is_kept(found) and default_storage.exists(storage_name(sha256)):
        return found
    _keep(source, sha256)
    guessed = media_type or _media_type(name)
    return StoredFile.objects.get_or_create(
        pk=sha256, defaults={"size_bytes": size, "media_type": guessed}
    )[0]


def files_store(sources: Iterable[Path]) -> list[StoredFile]:
    """Keep many files, in their order, with two queries in all: a row at a time costs a sync."""
    found: list[StoredFile] = []
    paths: dict[str, Path] = {}
    for path in sources:
        with path.open("rb") as stream:
            sha256, size = _digest(stream)
            _keep(stream, sha256)
        paths[sha256] = path
        found.append(StoredFile(pk=sha256, size_bytes=size, media_type=_media_type(path.name)))
    known = StoredFile.objects.in_bulk({row.pk for row in found})
    for row in [row for row in known.values() if row.discarded_at is not None]:
        if not _is_kept(row):
            del known[row.pk]
        with paths[row.pk].open("rb") as stream:
            _keep(stream, row.pk)
    new = {row.pk: row for row in found if row.pk not in known}
    StoredFile.objects.bulk_create(new.values(), ignore_conflicts=True)
    return [known.get(row.pk, row) for row in found]


def bytes_store(content: bytes, *, name: str = "", media_type: str = "") -> StoredFile:
    with tempfile.SpooledTemporaryFile(max_size=CHUNK_BYTES) as stream:
        stream.write(content)
        stream.seek(0)
        return file_store(source=stream, name=name, media_type=media_type)


def file_open(stored: StoredFile) -> IO[bytes]:
    return default_storage.open(storage_name(stored.sha256), "rb")


def file_copy(stored: StoredFile, target: Path) -> Path:
    """Put the content at `target`, whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        return target
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    with file_open(stored) as stream, part.open("wb") as out:
        for chunk in _chunks(stream):
            out.write(chunk)
    part.replace(target)
    return target


def _digest(stream: IO[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for chunk in _chunks(stream):
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size


def _is_kept(row: StoredFile) -> bool:
    """Take a file back that was discarded; False where the sweep was faster."""
    if row.discarded_at is None:
        return True
    row.discarded_at = None
    return StoredFile.objects.filter(pk=row.pk).update(discarded_at=None) == 1


def _keep(stream: IO[bytes], sha256: str) -> None:
    if not default_storage.exists(storage_name(sha256)):
        stream.seek(0)
        default_storage.save(storage_name(sha256), File(stream))


def _media_type(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK_BYTES):
        yield chunk
