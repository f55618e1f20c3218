"""A ZIP that is written while it is sent: nothing of it is held in memory, nor on the disk."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from typing import IO, cast

from core.files import CHUNK_BYTES, file_open
from core.models import StoredFile

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


def zip_stream(entries: Iterable[tuple[str, StoredFile | bytes]]) -> Iterator[bytes]:
    """Give the bytes of a ZIP of these names and contents, part by part; not compressed."""
    outbox = _Outbox()
    with zipfile.ZipFile(cast(IO[bytes], outbox), "w", zipfile.ZIP_STORED) as archive:
        for name, content in entries:
            info = zipfile.ZipInfo(name, date_time=_DATE)
            info.external_attr = 0o644 << 16
            with archive.open(info, "w", force_zip64=True) as entry:
                for chunk in _chunks(content):
                    entry.write(chunk)
                    yield outbox.taken()
            yield outbox.taken()
    yield outbox.taken()


def _chunks(content: StoredFile | bytes) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    with file_open(content) as source:
        while chunk := source.read(CHUNK_BYTES):
            yield chunk
