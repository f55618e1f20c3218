"""The stage `edit-labels`: labels and edits to corrected labels, their particles and outlines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline import codec, files
from pipeline.contracts import edits_from_json
from pipeline.edit.apply import MOST_LABELS, apply_edits
from pipeline.edit.outlines import outlines_of
from pipeline.errors import InputRefused
from pipeline.measure import measure_labels, read_labels, summarize, write_particles_csv
from pipeline.measure.label_files import label_file
from pipeline.measure.particle_json import particles_jsonable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.contracts import Edit, EditLabelsSpec
    from pipeline.runner import StageContext

LABELS, MASK = "labels.png", "mask.tif"
TABLE, PARTICLES, OUTLINES = "particles.csv", "particles.json", "outlines.json"
EDITS = "edits.json"


def run(spec: EditLabelsSpec, context: StageContext) -> None:
    """Apply all edits, or none of them.

    Writes ``labels.png`` (uint16), ``mask.tif`` (the same for ImageJ), ``particles.csv``,
    ``particles.json`` (`particles_jsonable`) and ``outlines.json`` (`outlines_of`).

    Raises
    ------
    EditRefused
        An edit cannot be done.
    InputRefused
        The labels or the edits cannot be read.
    """
    labels = read_labels(label_file(spec.labels))
    if labels.max(initial=0) > MOST_LABELS:
        raise InputRefused(
            spec.labels, f"has numbers above {MOST_LABELS}, more than can be corrected."
        )
    if spec.rows > labels.shape[0]:
        raise InputRefused(spec.labels, f"has fewer than the {spec.rows} rows that were named.")
    edits = _edits(spec.edits)
    context.progress(0, 3, unit="step", phase="edit")
    labels = apply_edits(labels, edits)
    context.progress(1, 3, unit="step", phase="edit")
    table = measure_labels(
        labels,
        nm_per_px=spec.nm_per_px,
        exclude_border=spec.exclude_border,
        min_side_px=spec.min_side_px,
        valid_rows=spec.rows or None,
    )
    summary = summarize(table, seed=spec.seed)
    context.progress(2, 3, unit="step", phase="edit")
    particles = {
        **particles_jsonable(table, nm_per_px=spec.nm_per_px),
        "summary": codec.to_jsonable(summary),
    }
    context.artifact(write_particles_csv(context.out / TABLE, table), "particles")
    context.artifact(_write(context.out / PARTICLES, particles), "particle columns")
    context.artifact(_write(context.out / OUTLINES, _jsonable(labels)), "outlines")
    context.artifact(_write_mask(context.out / MASK, labels, spec), "mask")
    context.artifact(files.write_png(context.out / LABELS, labels.astype(np.uint16)), "labels")
    context.progress(3, 3, unit="step", phase="edit")
    context.metrics |= {
        "edits": float(len(edits)),
        "particles": float(len(table)),
        "counted": float(summary.measured),
    }


def _edits(named: str) -> tuple[Edit, ...]:
    if not named:
        return ()
    path = Path(named)
    path = path / EDITS if path.is_dir() else path
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputRefused(str(path), f"cannot be read ({error}).") from None
    return edits_from_json(text)


def _write(path: Path, value: Any) -> Path:
    # On one line: a number a line would be ten times as long.
    return files.write_text(path, codec.dump_line(value))


def _jsonable(labels: NDArray[np.int32]) -> dict[str, Any]:
    return {
        "width_px": labels.shape[1],
        "height_px": labels.shape[0],
        "outlines": {str(label): polygons for label, polygons in outlines_of(labels).items()},
    }


def _write_mask(path: Path, labels: NDArray[np.int32], spec: EditLabelsSpec) -> Path:
    return files.write_tiff(
        path,
        labels.astype(np.uint16),
        description=spec.note,
        px_per_cm=1e7 / spec.nm_per_px if spec.nm_per_px else None,
    )
