"""Finds the real micrographs that the quickstart measures."""

import os
from dataclasses import dataclass
from pathlib import Path

_SUFFIXES = {".png", ".tif", ".tiff", ".jpg", ".jpeg"}
_TRUTH_NAMES = ("masks", "segmaps", "truth")
# Where a folder holds several data sets, the one that the published scores are about comes first.
_PREFERRED = ("tio2", "emps")


@dataclass(frozen=True, slots=True, kw_only=True)
class Micrographs:
    name: str
    images: Path
    truth: Path | None


def find_in(root: Path) -> Micrographs | None:
    """A data set in `root`: `root` itself, or a folder in it that has a folder `images`."""
    candidates = [root / name for name in _PREFERRED]
    if root.is_dir():
        candidates += sorted(entry for entry in root.iterdir() if entry.is_dir())
    for folder in [root, *candidates]:
        if _holds_images(folder / "images"):
            return Micrographs(
                name=folder.name, images=folder / "images", truth=_truth_beside(folder)
            )
    if _holds_images(root):
        return Micrographs(name=root.name, images=root, truth=None)
    return None


def _truth_beside(folder: Path) -> Path | None:
    return next((folder / n for n in _TRUTH_NAMES if _holds_images(folder / n)), None)


def _holds_images(folder: Path) -> bool:
    if not folder.is_dir():
        return False
    with os.scandir(folder) as entries:
        return any(Path(e.name).suffix.lower() in _SUFFIXES and e.is_file() for e in entries)
