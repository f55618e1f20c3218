"""Particle tables as CSV that a spreadsheet cannot be tricked by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from pipeline import files

if TYPE_CHECKING:
    from pathlib import Path

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def formula_safe(cell: object) -> object:
    """Return text that begins like a formula with an apostrophe before it, all else as it is."""
    if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS):
        return f"'{cell}"
    return cell


def write_particles_csv(path: Path, table: pd.DataFrame) -> Path:
    """Write a table as CSV, whole or not at all.

    Text cells that a spreadsheet would take for a formula get an apostrophe; numbers have seven
    digits; what is not known is an empty cell.

    Parameters
    ----------
    path : Path
        The file.
    table : pandas.DataFrame
        Such as `measure_labels` returns, with columns of the caller's before it.
    """
    safe = table.copy()
    for name in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[name]):
            safe[name] = safe[name].map(formula_safe)
    return files.write_text(
        path, safe.to_csv(index=False, float_format="%.7g", lineterminator="\n")
    )
