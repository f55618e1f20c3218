"""What a version is, as canonical JSON (RFC 8785): the bytes that its hash is made over."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import rfc8785

FACTS = ("name", "split", "nm_per_px", "data_bar_row", "material", "shape", "source", "licence")
COLUMNS = ("file_id", "truth_id", *FACTS)  # of a version's item, and the order within a `Row`
Row = tuple[Any, ...]

_KEYS = {"file_id": "sha256", "truth_id": "truth_sha256"}
# Canonical JSON sorts its keys; no key of a database is among them, so it holds anywhere.
_SORTED = sorted((_KEYS.get(column, column), place) for place, column in enumerate(COLUMNS))
_NAMES = [b',"%b":' % key.encode() for key, _ in _SORTED]
_NAMES[0] = b"{" + _NAMES[0][1:]
_PLACES = [place for _, place in _SORTED]

# A hundred thousand images have few materials, licences and pixel sizes.
_value = lru_cache(maxsize=8192)(rfc8785.dumps)


def line(row: Row) -> bytes:
    """One image, as `rfc8785.dumps` writes it; piece by piece, for that is much faster."""
    return b"".join([name + _value(row[at]) for name, at in zip(_NAMES, _PLACES, strict=True)]) + (
        b"}"
    )


class Manifest:
    """The canonical list, hashed while it passes; it is never in memory as a whole."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256(b"[")
        self._separator = b""

    def add(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self._digest.update(self._separator + line(row))
            self._separator = b","

    def sha256(self) -> str:
        closed = self._digest.copy()
        closed.update(b"]")
        return closed.hexdigest()


def manifest_bytes(rows: Iterable[Row]) -> Iterator[bytes]:
    """The canonical list in pieces; their SHA-256 is the version's."""
    separator = b"["
    for row in rows:
        yield separator + line(row)
        separator = b","
    yield b"]" if separator == b"," else b"[]"
