"""Unpacking a ZIP that may be hostile: each bad entry is named and left out, the others taken.

Nothing is written under a name from the archive: members get numbers, their names are only shown.
"""

from __future__ import annotations

import posixpath
import re
import stat
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipeline import files
from pipeline.contracts import IngestRefusal, IngestSpec
from pipeline.ingest.refused import Refused, shown

ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".tbz", ".xz", ".zst", ".lzh")
START = b"PK\x03\x04"
# Flat images pack to a thousandth, so only what is large and packs like that is a bomb.
BOMB_BYTES, BOMB_RATIO = 64 << 20, 200
_CHUNK = 1 << 20
_MB = 1_000_000
_UTF8_FLAG, _ENCRYPTED_FLAG = 0x800, 0x1
_DRIVE = re.compile(r"^[A-Za-z]:")
# What packers and file managers leave behind; nobody put it there, so nobody is told.
_LITTER = {"thumbs.db", "desktop.ini", ".ds_store"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file out of an archive: its name there, and where it lies now."""

    name: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """What came out of one archive, and what did not."""

    members: tuple[Member, ...]
    refused: tuple[IngestRefusal, ...]


def unpack(archive: Path, *, name: str, out: Path, folder: str, limits: IngestSpec) -> Unpacked:
    """Unpack `archive`, which people know as `name`, into ``out / folder``.

    Returns
    -------
    Unpacked
        Paths are relative to `out`.
    """
    try:
        opened = zipfile.ZipFile(archive)
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, MemoryError):
        reason = "is no ZIP that can be read: damaged, cut off, or with names in no encoding known."
        return Unpacked(members=(), refused=(Refused(name, "archive", reason).noted(),))
    members: list[Member] = []
    refused: list[IngestRefusal] = []
    left = limits.max_unpacked_mb * _MB
    with opened:
        entries = [entry for entry in opened.infolist() if not entry.is_dir()]
        for entry in entries[: limits.max_entries]:
            inner = _name_of(entry)
            if is_litter(inner):
                continue
            label = f"{name}/{inner}"
            target = out / folder / f"{len(members):05d}{_suffix(inner)}"
            try:
                _check(entry, inner, label, limits=limits, left=left)
                left -= _extract(opened, entry, label, target)
            except Refused as refusal:
                refused.append(refusal.noted())
            else:
                path = target.relative_to(out).as_posix()
                members.append(Member(name=shown(inner), path=path))
    beyond = len(entries) - limits.max_entries
    if beyond > 0:
        reason = (
            f"holds {len(entries):,} files; {limits.max_entries:,} are taken of one ZIP, the last "
            f"{beyond:,} were left out. Put them into another ZIP."
        )
        refused.append(Refused(name, "too-many", reason).noted())
    return Unpacked(members=tuple(members), refused=tuple(refused))


def is_litter(name: str) -> bool:
    """Whether a file was put there by a packer or file manager and not by a person."""
    path = PurePosixPath(name)
    return path.name.lower() in _LITTER or path.name.startswith("._") or "__MACOSX" in path.parts


def _name_of(entry: zipfile.ZipInfo) -> str:
    """Return an entry's name; UTF-8 without its flag (macOS, Linux) is recognised."""
    name = entry.orig_filename
    if not entry.flag_bits & _UTF8_FLAG:
        raw = name.encode("cp437", errors="replace")  # zipfile decoded it so
        try:
            name = raw.decode("utf-8")
        except UnicodeDecodeError:
            # Windows packs in its own code page; most of ours is Western Europe's.
            name = raw.decode("cp1252", errors="replace")
    return name.replace("\\", "/")  # old .NET packers write Windows paths


def _suffix(name: str) -> str:
    suffix = PurePosixPath(name).suffix.lower()
    return suffix if re.fullmatch(r"\.[a-z0-9]{1,5}", suffix) else ".bin"


def _check(
    entry: zipfile.ZipInfo, inner: str, label: str, *, limits: IngestSpec, left: int
) -> None:
    """Refuse an entry by what the archive says of it, before a byte is unpacked."""
    if inner.startswith("/") or _DRIVE.match(inner):
        raise Refused(label, "outside", "has an absolute path; pack it again with relative ones.")
    if ".." in PurePosixPath(inner).parts or posixpath.normpath(inner).startswith(".."):
        raise Refused(label, "outside", "leads out of its folder with `..`; pack it again without.")
    kind = entry.external_attr >> 16
    if stat.S_IFMT(kind) not in (0, stat.S_IFREG):
        what = "a link" if stat.S_ISLNK(kind) else "no plain file"
        raise Refused(label, "link", f"is {what}; pack the file itself.")
    if entry.flag_bits & _ENCRYPTED_FLAG:
        raise Refused(label, "encrypted", "is encrypted; pack it again without a password.")
    if inner.lower().endswith(ARCHIVES):
        raise Refused(label, "nested", "is an archive in the archive; upload it by itself.")
    size = entry.file_size
    if size > BOMB_BYTES and size > BOMB_RATIO * max(1, entry.compress_size):
        raise Refused(
            label,
            "bomb",
            f"would unpack from {entry.compress_size / _MB:.3g} MB to {size / _MB:,.0f} MB; that "
            "is no image.",
        )
    if size > limits.max_file_mb * _MB:
        raise Refused(
            label, "bomb", f"has {size / _MB:,.0f} MB; one file may have {limits.max_file_mb:,} MB."
        )
    if size > left:
        raise Refused(
            label,
            "bomb",
            f"is beyond the {limits.max_unpacked_mb:,} MB that one ZIP may unpack to; put it into "
            "another ZIP.",
        )


def _extract(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, label: str, target: Path) -> int:
    """Write an entry whole or not at all; return its bytes."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + files.PART)
    written = 0
    try:
        # zipfile reads no more than the size that was checked, and compares the checksum.
        with opened.open(entry) as source, part.open("wb") as out:
            while chunk := source.read(_CHUNK):
                if not written and chunk.startswith(START):
                    reason = "is an archive in the archive; upload it by itself."
                    raise Refused(label, "nested", reason)
                written += len(chunk)
                out.write(chunk)
        part.replace(target)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ):
        raise Refused(
            label,
            "archive",
            "is damaged in the archive, or packed in a way not known; pack it again.",
        ) from None
    finally:
        part.unlink(missing_ok=True)
    return written
