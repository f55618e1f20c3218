"""Particles as CSV and as an Excel workbook; no cell is taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from core.cells import safe_cell
from review.exports.provenance import provenance
from review.models import MaskVersion
from review.particles import particles_read
from review.sizes import Sizes, sizes_of

_LENGTHS = ("equivalent_diameter", "minimum_feret", "maximum_feret", "perimeter")
_ORIGIN = ("image", "review", "mask_version", "corrected_by", "segmentation_run", "weights_sha256")
COLUMNS = (
    *_ORIGIN,
    *("label", "centroid_row_px", "centroid_column_px", "area_px2", "area_nm2"),
    *(f"{name}_{unit}" for name in _LENGTHS for unit in ("px", "nm")),
    *("aspect_ratio", "circularity", "outline", "excluded"),
)


def particle_rows(version: MaskVersion) -> Iterator[dict[str, Any]]:
    """A row a particle: what made it, its place, its lengths in px and nm, and if it counts."""
    told = particles_read(version.particles)
    columns, nm_per_px = told["columns"], told["nm_per_px"]
    made = provenance(version)
    origin = {name: made[name] for name in _ORIGIN}
    for at in range(told["count"]):
        row: dict[str, Any] = {**origin, "label": columns["label"][at]}
        for name in ("centroid_row_px", "centroid_column_px", "area_px2"):
            row[name] = columns[name][at]
        row["area_nm2"] = _scaled(columns["area_px2"][at], nm_per_px, power=2)
        for name in _LENGTHS:
            row[f"{name}_px"] = columns[f"{name}_px"][at]
            row[f"{name}_nm"] = _scaled(columns[f"{name}_px"][at], nm_per_px)
        for name in ("aspect_ratio", "circularity", "outline", "excluded"):
            row[name] = columns[name][at]
        yield row


def _scaled(value: float | None, nm_per_px: float | None, *, power: int = 1) -> float | None:
    if value is None or nm_per_px is None:
        return None
    return float(f"{value * nm_per_px**power:.6g}")


def csv_bytes(versions: Iterable[MaskVersion]) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for version in versions:
        for row in particle_rows(version):
            writer.writerow({name: safe_cell(value) for name, value in row.items()})
    return stream.getvalue().encode("utf-8-sig")  # Excel reads UTF-8 only with its mark


def excel_bytes(versions: Iterable[MaskVersion]) -> bytes:
    """Three sheets: particles, sizes of each image, and what made them."""
    from openpyxl import Workbook  # slow to load, and seldom asked for

    book = Workbook(write_only=True)
    particles, sizes, origins = (
        book.create_sheet(name) for name in ("Particles", "Sizes", "Provenance")
    )
    sizes.append(["image", "unit", *Sizes.__annotations__])
    particles.append(list(COLUMNS))
    heads: set[str] = set()
    for version in versions:
        for row in particle_rows(version):
            particles.append([safe_cell(value) for value in row.values()])
        summary = sizes_of(version)
        sizes.append(
            [
                safe_cell(version.item.name),
                "nm" if version.item.nm_per_px else "px",
                *(getattr(summary, name) for name in Sizes.__annotations__),
            ]
        )
        made = provenance(version)
        if "origins" not in heads:
            origins.append(list(made))
            heads.add("origins")
        origins.append([safe_cell(value) for value in made.values()])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
