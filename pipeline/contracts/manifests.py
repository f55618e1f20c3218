"""What an export is told of the version that it packs: `manifest.json`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestItem:
    """One image of a frozen version.

    Attributes
    ----------
    key : str
        The materialised files of this image are called ``KEY-*``.
    file : str
        Its name in the export: unique there, without folders.
    name : str
        Its name as it came.
    """

    key: str
    file: str
    name: str
    sha256: str
    truth_sha256: str
    width_px: int
    height_px: int
    split: str
    nm_per_px: float | None
    scale_source: str
    data_bar_row: int | None
    material: str
    shape: str
    source: str
    licence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A frozen version: what it is called, its hash, and its images."""

    dataset: str
    version: int
    manifest_sha256: str
    kind: str
    description: str
    source: str
    licence: str
    items: tuple[ManifestItem, ...]
