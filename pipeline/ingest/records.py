"""What became of one task, as the worker writes it and the stage reads it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.contracts import IngestedImage, IngestRefusal, IngestSpec
from pipeline.ingest.plan import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What became of one task."""

    image: IngestedImage | None
    refused: tuple[IngestRefusal, ...]


def place(item: Item, spec: IngestSpec, out: Path) -> Path:
    """Return where a file lies."""
    return out / item.original if item.original else Path(spec.uploads) / item.uploaded
