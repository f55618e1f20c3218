"""The pictures of the report: panels with scale bars, and the size histogram."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import altair as alt
import cv2
import numpy as np
import pandas as pd
import vl_convert

from pipeline import files, layout
from pipeline.units import px_from_nm

if TYPE_CHECKING:
    from numpy.typing import NDArray

PREDICTED, TRUE = "#0072b2", "#e69f00"  # Okabe and Ito, safe for colour-blind readers


def scene_panels(folder: Path, out: Path, name: str) -> dict[str, str]:
    """Write the scene's mask with dark rims and its height map as PNG; return their file names.

    Parameters
    ----------
    folder : Path
        A scene of simulate.
    out : Path
        Folder to write to.
    name : str
        Start of the file names.
    """
    scene = layout.Scene(folder=folder)
    nm_per_px = scene.truth().nm_per_px
    height = scene.height_nm()
    grey = np.round(height / max(float(height.max()), 1e-6) * 255).astype(np.uint8)
    panels = {"scene": scene.rimmed(), "height": grey}
    for kind, image in panels.items():
        files.write_png(out / f"{name}-{kind}.png", with_scale_bar(image, nm_per_px=nm_per_px))
    return {kind: f"{name}-{kind}.png" for kind in panels}


def with_scale_bar(image: NDArray[np.uint8], *, nm_per_px: float) -> NDArray[np.uint8]:
    """Return a copy of an (H, W) uint8 image with a labelled scale bar in its lower right corner.

    The bar is the longest of 1, 2, 5 x 10^n nm that fits into a fifth of the width.
    """
    height_px, width_px = image.shape
    length_nm = _round_length(width_px / 5 * nm_per_px)
    bar_px = round(px_from_nm(length_nm, nm_per_px=nm_per_px))
    label = f"{length_nm / 1000:g} um" if length_nm >= 1000 else f"{length_nm:g} nm"
    # Panels are shown at a third of their width, so the label grows with the image.
    size = max(1.0, width_px / 512)
    unit = round(8 * size)
    text_px, _ = cv2.getTextSize(label, cv2.FONT_HERSHEY_SIMPLEX, 0.5 * size, round(size))
    wide = max(bar_px, text_px[0])
    right, bottom = width_px - 2 * unit, height_px - 2 * unit
    top_left = (right - wide - unit, bottom - text_px[1] - 3 * unit)
    drawn = image.copy()
    cv2.rectangle(drawn, top_left, (right + unit, bottom + unit), 0, -1)
    cv2.rectangle(drawn, (right - bar_px + 1, bottom - unit // 2), (right, bottom), 255, -1)
    place = (right - wide, bottom - 2 * unit)
    font = cv2.FONT_HERSHEY_SIMPLEX
    cv2.putText(drawn, label, place, font, 0.5 * size, (255,), round(size), cv2.LINE_AA)
    return drawn


def _round_length(limit: float) -> float:
    power = 10.0 ** np.floor(np.log10(limit))
    return float(max(step * power for step in (1, 2, 5) if step * power <= limit))


def size_histogram(
    predicted: pd.Series[float], true: pd.Series[float] | None, *, unit: str
) -> dict[str, Any]:
    """Return the Vega-Lite chart of equivalent diameters, found over true where that is known.

    Parameters
    ----------
    predicted, true : Series of float
        Equivalent diameters of the particles that count, in `unit`.
    unit : str
        ``"nm"`` or ``"px"``.
    """
    parts = [pd.DataFrame({"diameter": predicted, "source": "found"})]
    if true is not None and len(true):
        parts.append(pd.DataFrame({"diameter": true, "source": "true"}))
    table = pd.concat(parts)
    edges = np.histogram_bin_edges(table["diameter"], bins="fd" if len(table) > 30 else 10)
    edges = edges if len(edges) <= 60 else np.linspace(edges[0], edges[-1], 61)
    rows = []
    for source, group in table.groupby("source"):
        counts, _ = np.histogram(group["diameter"], bins=edges)
        rows.append(
            pd.DataFrame(
                {"from": edges[:-1], "to": edges[1:], "particles": counts, "source": source}
            )
        )
    chart = (
        alt.Chart(pd.concat(rows))
        .mark_bar(opacity=0.55, stroke="white", strokeWidth=0.3)
        .encode(
            x=alt.X("from:Q", title=f"equivalent diameter / {unit}", bin="binned"),
            x2="to:Q",
            y=alt.Y("particles:Q", title="particles", stack=None),
            color=alt.Color(
                "source:N",
                title=None,
                scale=alt.Scale(domain=["found", "true"], range=[PREDICTED, TRUE]),
            ),
        )
        .properties(width=640, height=260)
    )
    spec: dict[str, Any] = chart.to_dict()
    return spec


def write_svg(path: Path, chart: dict[str, Any]) -> Path:
    """Write a Vega-Lite chart as SVG."""
    return files.write_text(path, vl_convert.vegalite_to_svg(chart))
