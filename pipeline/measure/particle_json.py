"""A table of particles as columns of JSON: small, and quick to read in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

WHOLE = ("label", "area_px2", "top_px", "left_px", "height_px", "width_px")
LENGTHS = (
    *("centroid_row_px", "centroid_column_px", "equivalent_diameter_px", "minimum_feret_px"),
    *("maximum_feret_px", "perimeter_px", "aspect_ratio", "circularity", "border_weight"),
)


def particles_jsonable(table: pd.DataFrame, *, nm_per_px: float | None) -> dict[str, Any]:
    """Return columns by name, lengths in px to five digits; nm are px times `nm_per_px`.

    Parameters
    ----------
    table : pandas.DataFrame
        Rows of `measure_labels`.
    nm_per_px : float or None
        Pixel size.
    """
    columns: dict[str, list[Any]] = {name: table[name].astype(int).tolist() for name in WHOLE}
    for name in LENGTHS:
        columns[name] = [
            float(f"{value:.5g}") if np.isfinite(value) else None for value in table[name]
        ]
    for name in ("outline", "excluded"):
        columns[name] = table[name].astype(str).tolist()
    return {"nm_per_px": nm_per_px, "count": len(table), "columns": columns}
