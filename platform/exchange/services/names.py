"""Names of uploaded files: kept for people, made safe for folders."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterable

LONGEST = 240
_LONGEST_PART_BYTES = 200  # file systems end at 255, and stages add endings
_DRIVE = re.compile(r"^[A-Za-z]:$")


def clean_path(name: str) -> str:
    """A relative path without `..` or invisible characters; never empty.

    Browsers send `folder/a.png` for a dropped folder, old ones `C:\\folder\\a.png`.
    """
    whole = posixpath.normpath("/" + name.replace("\\", "/"))
    parts = [_clean_part(part) for part in whole.split("/") if not _DRIVE.match(part)]
    kept = [part for part in parts if part.strip(". ")]
    path = "/".join(kept)
    if len(path) > LONGEST:
        path = kept[-1]
    return path or "file"


def _clean_part(part: str) -> str:
    visible = "".join(
        c if c == " " or unicodedata.category(c)[0] not in "CZ" else "\N{REPLACEMENT CHARACTER}"
        for c in unicodedata.normalize("NFC", part)
    ).strip()
    stem, dot, suffix = visible.rpartition(".")
    end = dot + suffix if stem and len(suffix) <= 10 else ""
    room = _LONGEST_PART_BYTES - len(end.encode())
    return visible.removesuffix(end).encode()[:room].decode(errors="ignore") + end


def each_once(names: Iterable[str]) -> list[str]:
    """The same names; one that is taken, or is a folder of another, goes into a folder of its own.

    No file may stand where a folder must be: `a` and `a/b.png` cannot both be.
    """
    files: set[str] = set()
    folders: set[str] = set()
    found = []
    for position, name in enumerate(names, start=1):
        if name in files or name in folders or _folders_of(name) & files:
            name = f"again-{position}/{name}"
        files.add(name)
        folders |= _folders_of(name)
        found.append(name)
    return found


def _folders_of(name: str) -> set[str]:
    parts = name.split("/")
    return {"/".join(parts[:count]) for count in range(1, len(parts))}
