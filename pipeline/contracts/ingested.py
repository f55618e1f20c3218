"""What `ingest` made of an upload: `ingested.json`; and what `export` is told of a version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

RefusalKind = Literal[
    "archive",  # no ZIP, damaged, or too large as a whole
    "bomb",  # would unpack to far more than it is
    "coco",  # no COCO instances, or outlines that make no sense
    "duplicate",  # the same bytes as another file of the upload
    "encrypted",
    "link",  # or another thing that is no plain file
    "memory",
    "metadata",  # a table that cannot be read
    "nested",  # an archive in an archive
    "no-image",  # a truth without the image that it belongs to
    "outside",  # an absolute path, or one with `..`
    "time",
    "too-many",
    "truth",  # a truth that cannot be used; its image is taken without
    "unknown",  # neither image, ZIP, COCO nor table
    "unreadable",  # an image, but broken, too small, too large, in CMYK ...
]


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestRefusal:
    """Something that was left out: what, which kind of reason, and the sentence for people."""

    name: str
    kind: RefusalKind
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestedImage:
    """One image that was taken.

    Attributes
    ----------
    name : str
        As people know it: its path in the upload, ``batch.zip/a.png`` from an archive.
    uploaded : str
        Path in the folder of uploads; empty where it came out of an archive.
    original : str
        Path in the output folder of the bytes taken from an archive; else empty.
    sha256 : str
        Of the original bytes.
    view, thumbnail : str
        8-bit grey PNG of the same size, and a JPEG of at most 320 px.
    phash : str
        Perceptual hash of the micrograph without its data bar, 16 hexadecimal digits.
    bar_row : int or None
        First row of the data bar, proposed.
    truth : str
        Instance labels, uint16 PNG of the same size, 0 on the ground; empty without truth.
    particles : int or None
        How many labels it holds.
    shape, material, source, licence, split : str
        From a table beside the images; empty where it says nothing.
    """

    number: int
    name: str
    uploaded: str
    original: str
    sha256: str
    width_px: int
    height_px: int
    view: str
    thumbnail: str
    phash: str
    nm_per_px: float | None
    nm_per_px_source: str
    bar_row: int | None
    notes: tuple[str, ...]
    truth: str
    particles: int | None
    shape: str = ""
    material: str = ""
    source: str = ""
    licence: str = ""
    split: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested:
    """`ingested.json`: all that was taken and all that was not."""

    images: tuple[IngestedImage, ...]
    refused: tuple[IngestRefusal, ...]
