"""Real micrographs: reading them safely, their pixel size and their data bar."""

from __future__ import annotations

from pipeline.micrographs.reading import Micrograph, list_images, read_micrograph

__all__ = ["Micrograph", "list_images", "read_micrograph"]
