"""Tables of particles as the pages read them: JSON by column, lengths in px.

`edit-labels` writes such a file; for what a network found it is made here from the run's CSV.
"""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from core.files import bytes_store, file_open
from core.models import StoredFile

WHOLE = ("label", "area_px2", "top_px", "left_px", "height_px", "width_px")
LENGTHS = (
    *("centroid_row_px", "centroid_column_px", "equivalent_diameter_px", "minimum_feret_px"),
    *("maximum_feret_px", "perimeter_px", "aspect_ratio", "circularity", "border_weight"),
)
TEXTS = ("outline", "excluded")


def particles_of_images(table: StoredFile) -> dict[str, list[dict[str, str]]]:
    """The rows of a `particles.csv`, by the name of their image."""
    with file_open(table) as stream:
        found: dict[str, list[dict[str, str]]] = defaultdict(list)
        for row in csv.DictReader(io.TextIOWrapper(stream, "utf-8", newline="")):
            # Its writer keeps a spreadsheet from taking a name for a formula.
            found[row["image"].removeprefix("'")].append(row)
        return dict(found)


def particles_store(rows: Iterable[dict[str, str]], *, nm_per_px: float | None) -> StoredFile:
    """Keep the rows of one image as columns."""
    listed = list(rows)
    columns: dict[str, list[Any]] = {}
    for name in WHOLE:
        columns[name] = [int(float(row[name])) for row in listed]
    for name in LENGTHS:
        columns[name] = [float(f"{float(row[name]):.5g}") if row[name] else None for row in listed]
    for name in TEXTS:
        columns[name] = [row[name] for row in listed]
    told = {"nm_per_px": nm_per_px, "count": len(listed), "columns": columns}
    content = json.dumps(told, separators=(",", ":"), allow_nan=False).encode()
    return bytes_store(content, name="particles.json")


def particles_read(stored: StoredFile) -> dict[str, Any]:
    with file_open(stored) as stream:
        told: dict[str, Any] = json.load(stream)
    return told


def scale_of_rows(rows: Iterable[dict[str, str]]) -> float | None:
    """The pixel size that a table was measured with, in nm."""
    for row in rows:
        if row.get("equivalent_diameter_nm") and float(row["equivalent_diameter_px"]) > 0:
            return float(row["equivalent_diameter_nm"]) / float(row["equivalent_diameter_px"])
    return None
