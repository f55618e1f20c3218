"""What a version is, as canonical JSON (RFC 8785): the bytes that its hash is made over."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

import rfc8785

from catalog.models import VersionItem

FACTS = ("name", "split", "nm_per_px", "data_bar_row", "material", "shape", "source", "licence")


def entry(item: VersionItem) -> dict[str, Any]:
    """One line of the manifest; no key of a database is in it, so it holds anywhere."""
    facts = {name: getattr(item, name) for name in FACTS}
    return {"sha256": item.file_id, "truth_sha256": item.truth_id} | facts


class Manifest:
    """The canonical list, hashed while it passes; it is never in memory as a whole."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256(b"[")
        self._first = True

    def add(self, item: VersionItem) -> None:
        line = rfc8785.dumps(entry(item))
        self._digest.update(line if self._first else b"," + line)
        self._first = False

    def sha256(self) -> str:
        closed = self._digest.copy()
        closed.update(b"]")
        return closed.hexdigest()


def manifest_bytes(items: Iterable[VersionItem]) -> Iterator[bytes]:
    """The canonical list in pieces; their SHA-256 is the version's."""
    separator = b"["
    for item in items:
        yield separator + rfc8785.dumps(entry(item))
        separator = b","
    yield b"]" if separator == b"," else b"[]"
