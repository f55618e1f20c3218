"""Files that come in pieces: on disk below SEMBLANCE_HOME/uploads until they are whole.

How far a file came is its size on disk, whatever cut the connection or the process. One writer
holds a lock; the kernel frees it when the process ends.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.http import UnreadablePostError
from django.utils import timezone
from filelock import FileLock, Timeout

from accounts.models import User
from catalog.models import Dataset
from core.discarding import rows_delete
from core.files import file_store
from exchange.errors import ExchangeRefused
from exchange.models import Upload
from exchange.services.names import clean_path

_MB = 1_000_000
_CHUNK = 1 << 18
_KEPT_FREE_BYTES = 1 << 30  # the database and the stages write to the same disk
_SWEPT_AT_ONCE = 50


class Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


class UploadBusy(Exception):
    """Another request is writing to it."""


class WrongOffset(Exception):
    """A piece does not begin where the file ends."""


class WrongChecksum(Exception):
    """A piece is not what was sent; it was thrown away."""


def upload_folder() -> Path:
    return Path(settings.SEMBLANCE_HOME) / "uploads"


def upload_path(upload: Upload) -> Path:
    return upload_folder() / upload.pk.hex


def upload_offset(upload: Upload) -> int:
    """How many bytes are here."""
    if upload.file_id:
        return upload.size_bytes
    try:
        return upload_path(upload).stat().st_size
    except FileNotFoundError:
        return 0


def too_large(*, name: str, size_bytes: int) -> str:
    """Say why a file is not taken; empty where it is small enough."""
    most = settings.SEMBLANCE_UPLOAD_MAX_MB
    if size_bytes <= most * _MB:
        return ""
    return (
        f"{name} has {size_bytes / _MB:,.0f} MB; one file may have {most:,} MB. Split it, or "
        "ask an administrator to import it from a folder of the server."
    )


def upload_create(*, owner: User, dataset: Dataset, name: str, size_bytes: int) -> Upload:
    """Make room for a file of a known size."""
    uploads_sweep()
    if problem := too_large(name=name, size_bytes=size_bytes):
        raise ExchangeRefused(problem)
    folder = upload_folder()
    folder.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(folder).free < 2 * size_bytes + _KEPT_FREE_BYTES:
        raise ExchangeRefused(
            f"There is not enough free space on the server for {name} ({size_bytes / _MB:,.0f} MB)."
        )
    upload = Upload.objects.create(
        owner=owner, dataset=dataset, name=clean_path(name), size_bytes=size_bytes
    )
    upload_path(upload).touch(mode=0o600)
    if size_bytes == 0:
        _complete(upload)
    return upload


def upload_append(
    *, upload: Upload, offset: int, stream: Stream, sha256: bytes | None = None
) -> int:
    """Write what comes at the end of the file; return how far it is then.

    A connection that is cut keeps what came, unless the piece has a checksum.
    """
    with _held(upload):
        upload.refresh_from_db()
        here = upload_offset(upload)
        if offset != here:
            raise WrongOffset(f"It has {here} bytes; the piece begins at {offset}.")
        if upload.file_id is None:
            here = _written(upload, here, stream, sha256)
            Upload.objects.filter(pk=upload.pk).update(expires_at=_later())
            if here == upload.size_bytes:
                _complete(upload)
    return here


def upload_delete(*, upload: Upload) -> None:
    """Forget a file; what an import took of it stays."""
    with _held(upload):
        upload_path(upload).unlink(missing_ok=True)
        rows_delete(Upload.objects.filter(pk=upload.pk))
    _lock_path(upload).unlink(missing_ok=True)


def uploads_sweep() -> int:
    """Delete some uploads that nobody went on with."""
    swept = 0
    for upload in Upload.objects.filter(expires_at__lt=timezone.now())[:_SWEPT_AT_ONCE]:
        try:
            upload_delete(upload=upload)
        except UploadBusy:
            continue
        swept += 1
    return swept


def _later() -> object:
    return timezone.now() + timedelta(hours=settings.SEMBLANCE_UPLOAD_HOURS)


def _lock_path(upload: Upload) -> Path:
    return upload_path(upload).with_suffix(".lock")


@contextmanager
def _held(upload: Upload) -> Iterator[None]:
    try:
        with FileLock(_lock_path(upload), timeout=0):
            yield
    except Timeout:
        raise UploadBusy from None


def _written(upload: Upload, here: int, stream: Stream, sha256: bytes | None) -> int:
    digest, start = hashlib.sha256(), here
    with upload_path(upload).open("r+b") as out:
        out.seek(start)
        while here < upload.size_bytes:
            try:
                piece = stream.read(min(_CHUNK, upload.size_bytes - here))
            except (UnreadablePostError, OSError):
                break  # cut: the next request goes on from here
            if not piece:
                break
            out.write(piece)
            digest.update(piece)
            here += len(piece)
        out.flush()
        if sha256 is not None and digest.digest() != sha256:
            out.truncate(start)
            raise WrongChecksum
        os.fsync(out.fileno())
    return here


def _complete(upload: Upload) -> None:
    """Put a whole file into the storage."""
    path = upload_path(upload)
    upload.file = file_store(source=path)
    upload.save(update_fields=["file"])
    path.unlink(missing_ok=True)
