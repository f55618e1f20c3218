"""The stage `measure`: a folder of label images or masks to particles.csv and summary.json."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from pipeline import files
from pipeline.errors import InputRefused
from pipeline.measure.label_files import read_labels
from pipeline.measure.particles import measure_labels
from pipeline.measure.summary import summarize
from pipeline.measure.tables import write_particles_csv
from pipeline.micrographs import list_images
from pipeline.runner import require_folder

if TYPE_CHECKING:
    from pipeline.contracts import MeasureSpec
    from pipeline.runner import StageContext

PARTICLES, SUMMARY = "particles.csv", "summary.json"


def run(spec: MeasureSpec, context: StageContext) -> None:
    """Measure every label image of a folder.

    Writes ``particles.csv`` (a row for each particle, with its image) and ``summary.json``
    (`pipeline.measure.summary.SizeSummary` over all images).

    Raises
    ------
    InputRefused
        The folder is missing, or holds no label image that can be read.
    """
    paths = list_images(require_folder(spec.labels, what="label images"))
    tables = []
    for done, path in enumerate(paths):
        context.progress(done, len(paths), unit="images", phase="measure")
        try:
            labels = read_labels(path)
        except InputRefused as refused:
            context.refuse(refused.name, refused.reason)
            continue
        table = measure_labels(
            labels,
            nm_per_px=spec.nm_per_px,
            exclude_border=spec.exclude_border,
            min_side_px=spec.min_side_px,
        )
        table.insert(0, "image", path.name)
        tables.append(table)
    context.progress(len(paths), len(paths), unit="images", phase="measure")
    if not tables:
        raise InputRefused(spec.labels, "holds no label image that can be read; use PNG or TIFF.")
    together = pd.concat(tables, ignore_index=True)
    summary = summarize(together, seed=spec.seed)
    context.artifact(write_particles_csv(context.out / PARTICLES, together), "particles")
    context.artifact(files.write_json(context.out / SUMMARY, summary), "summary")
    context.metrics |= {"images": float(len(tables)), "particles": float(summary.measured)}
    context.metrics["excluded"] = float(sum(summary.excluded.values()))
    for distribution in summary.distributions:
        if distribution.quantity == "equivalent_diameter" and distribution.median.value is not None:
            name = f"median_equivalent_diameter_{distribution.unit}"
            context.metrics[name] = distribution.median.value
    if not summary.measured:
        context.warn("No particle counts: all were excluded, or the images are empty.")
