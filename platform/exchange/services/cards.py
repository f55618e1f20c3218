"""What lies beside the files of an export: data card, manifest, table. Written row by row."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.db.models import Count, Max, Min

from catalog.models import Version, VersionItem
from core.cells import safe_cell
from exchange.models import Layout
from exchange.services.names import clean_path

_SLICE = 1000
_MOST_SOURCES = 50
COLUMNS = (
    "image", "name", "sha256", "truth_sha256", "width_px", "height_px", "split", "nm_per_px",
    "scale_source", "data_bar_row", "material", "shape", "source", "licence",
)  # fmt: skip
_LAYOUTS = {
    Layout.ORIGINALS: (
        "`images/` holds the files as they came, byte by byte; `truth/` holds instance labels of "
        "the same name (PNG, 16 bit, 0 is the ground) where there are some."
    ),
    Layout.COCO: (
        "`annotations/instances.json` holds COCO instances, one category `particle`; outlines run "
        "along the edges of pixels, particles with holes are run lengths. `images/` holds the "
        "files as they came."
    ),
    Layout.LABELS: (
        "`labels/` holds instance labels of the same name (TIFF, 16 bit, 0 is the ground); "
        "`images/` holds the files as they came."
    ),
}


@dataclass(frozen=True, slots=True)
class NamedItem:
    """An item of a version, and its name in the export: unique there, without folders."""

    item: VersionItem
    file: str


def named_items(version: Version) -> Iterator[NamedItem]:
    """Items in the order of the manifest's hash."""
    seen: set[str] = set()
    items = version.items.select_related("image").order_by("file_id")
    for item in items.iterator(chunk_size=_SLICE):
        name = clean_path(item.name).rpartition("/")[2].lstrip(".") or "image"
        if name.lower() in seen:
            stem, dot, suffix = name.rpartition(".")
            name = f"{stem or suffix}-{item.image_id}{dot + suffix if stem else ''}"
        seen.add(name.lower())
        yield NamedItem(item, name)


def facts_of(named: NamedItem) -> dict[str, Any]:
    """One image, as the stage's manifest has it."""
    item = named.item
    return {
        "key": str(item.image_id),
        "file": named.file,
        "name": item.name,
        "sha256": item.file_id,
        "truth_sha256": item.truth_id or "",
        "width_px": item.image.width_px,
        "height_px": item.image.height_px,
        "split": item.split,
        "nm_per_px": item.nm_per_px,
        # Not frozen, so only told where it can still be about the frozen number.
        "scale_source": item.image.scale_source
        if item.nm_per_px is not None and item.image.nm_per_px == item.nm_per_px
        else "",
        "data_bar_row": item.data_bar_row,
        "material": item.material,
        "shape": item.shape,
        "source": item.source,
        "licence": item.licence,
    }


def manifest_write(version: Version, path: Path) -> None:
    dataset = version.dataset
    head = {
        "dataset": dataset.name,
        "version": version.number,
        "manifest_sha256": version.manifest_sha256,
        "kind": dataset.kind,
        "description": dataset.description,
        "source": dataset.source,
        "licence": dataset.licence,
    }
    with path.open("w", encoding="utf-8") as out:
        out.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "items": [')
        for number, named in enumerate(named_items(version)):
            out.write(",\n" if number else "\n")
            out.write(json.dumps(facts_of(named), ensure_ascii=False))
        out.write("\n]}\n")


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def table_rows(version: Version) -> Iterator[str]:
    """The table as lines of CSV that no spreadsheet takes for formulas."""
    writer = csv.writer(_Echo(), lineterminator="\n")
    yield writer.writerow(COLUMNS)
    for named in named_items(version):
        facts = facts_of(named) | {"image": named.file}
        yield writer.writerow([safe_cell(facts[column]) for column in COLUMNS])


def table_write(version: Version, out: IO[str]) -> None:
    out.writelines(table_rows(version))


def card_text(version: Version, layout: str) -> str:
    """The data card: what this is, whose it is, what one may do with it, how to check it."""
    dataset, counts = version.dataset, version.counts
    lines = [
        f"# {dataset.name}, version {version.number}",
        "",
        dataset.description or "No description was given.",
        "",
        f"- Kind: {dataset.get_kind_display()}",
        f"- Frozen: {version.created_at:%Y-%m-%d}" + (f" ({version.note})" if version.note else ""),
        f"- Images: {version.image_count:,}; with ground truth: {counts.get('truth', 0):,}",
        f"- Splits: {_splits(counts)}",
        f"- Scale: {_scale(version)}",
        f"- Manifest SHA-256: `{version.manifest_sha256}`",
        "",
        "## Files",
        "",
        _LAYOUTS[Layout(layout)],
        "`metadata.csv` has a row an image, `manifest.json` the same with hashes.",
        "",
        "## Sources and licences",
        "",
        *_sources(version),
        "",
        "The licences above bind whoever uses these images. One with NC forbids commercial use, "
        "one with ND forbids passing changed copies on.",
        "",
        "## Checking",
        "",
        "The manifest's hash is the SHA-256 of a canonical JSON list (RFC 8785) of all images in "
        "the order of their own hashes: sha256, truth_sha256, name, split, nm_per_px, "
        "data_bar_row, material, shape, source, licence.",
        "",
    ]
    return "\n".join(lines)


def _splits(counts: dict[str, Any]) -> str:
    split = {name or "not assigned": count for name, count in counts.get("split", {}).items()}
    return ", ".join(f"{name} {count:,}" for name, count in sorted(split.items())) or "none"


def _scale(version: Version) -> str:
    span = version.items.filter(nm_per_px__isnull=False).aggregate(
        low=Min("nm_per_px"), high=Max("nm_per_px"), count=Count("pk")
    )
    if not span["count"]:
        return "not known of any image"
    low, high = f"{span['low']:.4g}", f"{span['high']:.4g}"
    sizes = f"{low} nm a pixel" if low == high else f"{low} to {high} nm a pixel"
    return f"{sizes}, known of {span['count']:,} of {version.image_count:,} images"


def _sources(version: Version) -> list[str]:
    found = version.items.values("source", "licence").annotate(count=Count("pk")).order_by("-count")
    lines = [
        f"- {row['source'] or 'Source not stated'}; licence: "
        f"{row['licence'] or 'not stated, so ask before you pass it on'} ({row['count']:,} images)"
        for row in found[:_MOST_SOURCES]
    ]
    if len(found) > _MOST_SOURCES:
        lines.append(f"- and {len(found) - _MOST_SOURCES:,} more; see `metadata.csv`")
    return lines
