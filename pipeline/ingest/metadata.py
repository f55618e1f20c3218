"""Tables beside the images: a CSV with a column `image` and columns that are known here."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path, PurePosixPath

from pipeline.ingest.refused import Refused, shown

LONGEST_MB = 50
_NAME_COLUMNS = ("image", "name", "file", "filename", "file_name", "id")
# As in the catalogue, American spelling and the exports of this program included.
_COLUMNS = {
    "shape": "shape",
    "material": "material",
    "source": "source",
    "licence": "licence",
    "license": "licence",
    "split": "split",
    "nm_per_px": "nm_per_px",
    "bright_on_dark": "bright_on_dark",
}
_SPLITS = {"train": "train", "training": "train", "val": "validation", "valid": "validation"}
_SPLITS |= {"validation": "validation", "test": "test"}
_LONGEST = {"shape": 40, "material": 80, "source": 300, "licence": 120}


Row = dict[str, str]


def read_table(path: Path, *, name: str) -> dict[str, Row]:
    """Return the rows of a table by the name of their image, in lower case.

    Raises
    ------
    Refused
        It is no CSV, or has no column that names images.
    """
    if path.stat().st_size > LONGEST_MB * 1_000_000:
        raise Refused(name, "metadata", f"is a table of over {LONGEST_MB} MB; split it.")
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    delimiter = (
        ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    )
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error:
        raise Refused(name, "metadata", "is no table that can be read; save it as CSV.") from None
    header = [cell.strip().lower() for cell in rows[0]] if rows else []
    named = next((header.index(known) for known in _NAME_COLUMNS if known in header), None)
    if named is None:
        raise Refused(
            name, "metadata", "has no column `image` that says which image a row is about."
        )
    columns = {at: _COLUMNS[cell] for at, cell in enumerate(header) if cell in _COLUMNS}
    return {
        row[named].strip().lower(): {
            known: row[at].strip() for at, known in columns.items() if at < len(row)
        }
        for row in rows[1:]
        if len(row) > named and row[named].strip()
    }


def row_of(table: dict[str, Row], name: str) -> Row:
    """Return the row about an image, named with or without its ending; empty where none is."""
    path = PurePosixPath(name.lower())
    return table.get(path.name) or table.get(path.stem) or {}


def texts_of(row: Row) -> dict[str, str]:
    """Return what a row says in the words of the catalogue, cut to what it can hold."""
    found = {key: shown(row.get(key, ""))[:most] for key, most in _LONGEST.items()}
    return found | {"split": _SPLITS.get(row.get("split", "").lower(), "")}


def tags_of(row: Row) -> tuple[str, ...]:
    """Return tags; EMPS says whether its particles are brighter than the ground."""
    tag = {"1": "bright on dark", "0": "dark on bright"}.get(row.get("bright_on_dark", ""))
    return (tag,) if tag else ()


def nm_per_px_of(row: Row) -> float | None:
    """Return the pixel size that a row states, None where it states none that is possible."""
    try:
        value = float(row.get("nm_per_px", "").replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) and 1e-4 <= value <= 1e7 else None
