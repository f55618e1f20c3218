"""ZIPs that no packer makes on its own, and the small pictures that lie beside."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image


def png(seed: int = 0, *, size: tuple[int, int] = (64, 48)) -> bytes:
    """Return a small noisy PNG; another seed is another picture. `size` is (width, height)."""
    pixels = np.random.default_rng(seed).integers(0, 255, size[::-1], np.uint8)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


def label_png(labels: np.ndarray[tuple[int, int], np.dtype[np.uint16]]) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(labels).save(stream, "PNG")
    return stream.getvalue()


def zip_of(path: Path, members: dict[str, bytes], *, compression: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return path


def add_link(path: Path, name: str, target: str) -> None:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "a") as packed:
        packed.writestr(entry, target)


def add_raw_name(path: Path, raw: bytes, content: bytes) -> None:
    """Add a member whose name is these bytes, without the flag that says UTF-8."""
    stand_in = "n" * len(raw)
    with zipfile.ZipFile(path, "a") as packed:
        packed.writestr(stand_in, content)
    whole = path.read_bytes()
    assert whole.count(stand_in.encode()) == 2
    path.write_bytes(whole.replace(stand_in.encode(), raw))


def set_encrypted(path: Path, name: str) -> None:
    """Set the flag that a member is encrypted, in both of its headers."""
    whole = bytearray(path.read_bytes())
    for start, flags, named in ((b"PK\x03\x04", 6, 30), (b"PK\x01\x02", 8, 46)):
        at = -1
        while (at := whole.find(start, at + 1)) >= 0:
            if whole[at + named :].startswith(name.encode()):
                (old,) = struct.unpack_from("<H", whole, at + flags)
                struct.pack_into("<H", whole, at + flags, old | 1)
    path.write_bytes(bytes(whole))
