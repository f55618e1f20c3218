"""All files of a run as one ZIP, written while it is sent: nothing of it is held in memory."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import IO, cast

from core.files import CHUNK_BYTES, file_open
from runs.models import Artifact, Run

_DATE = (1980, 1, 1, 0, 0, 0)  # the same files give the same bytes


class _Outbox:
    """A file that is written to and emptied, and never read back."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def taken(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


def zip_stream(run: Run) -> Iterator[bytes]:
    outbox = _Outbox()
    artifacts = Artifact.objects.filter(run=run).select_related("file").order_by("pk")
    with zipfile.ZipFile(cast(IO[bytes], outbox), "w", zipfile.ZIP_STORED) as archive:
        for artifact in artifacts.iterator(chunk_size=200):
            info = zipfile.ZipInfo(f"run-{run.pk}/{artifact.path}", date_time=_DATE)
            info.external_attr = 0o644 << 16
            with (
                file_open(artifact.file) as source,
                archive.open(info, "w", force_zip64=True) as entry,
            ):
                while chunk := source.read(CHUNK_BYTES):
                    entry.write(chunk)
                    yield outbox.taken()
            yield outbox.taken()
    yield outbox.taken()
