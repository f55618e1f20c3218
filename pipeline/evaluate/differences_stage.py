"""The stage `compare-labels`: two label images of one micrograph to matches.json."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline import files
from pipeline.errors import InputRefused
from pipeline.evaluate.differences import Difference, Same, compare
from pipeline.evaluate.scores import Figures, score_image
from pipeline.measure import read_labels
from pipeline.measure.label_files import label_file

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.contracts import CompareLabelsSpec
    from pipeline.runner import StageContext

MATCHES, FIRST, SECOND = "matches.json", "first.png", "second.png"
_MOST_IN_PNG = np.iinfo(np.uint16).max


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """`matches.json`; `second` is taken as the truth. Diameters are those of what counts, in px."""

    width_px: int
    height_px: int
    nm_per_px: float | None
    match_iou: float
    figures: Figures
    mean_iou: float | None
    same: tuple[Same, ...]
    differences: tuple[Difference, ...]
    first_particles: int
    second_particles: int
    first_diameters_px: tuple[float, ...]
    second_diameters_px: tuple[float, ...]


def run(spec: CompareLabelsSpec, context: StageContext) -> None:
    """Compare two label images.

    Writes ``matches.json`` (`Matches`), and ``first.png`` and ``second.png``, what was compared as
    uint16 labels: masks have their pieces numbered there.

    Raises
    ------
    InputRefused
        A file cannot be read, or they differ in size.
    """
    context.progress(0, 2, unit="step", phase="compare")
    first, second = _both(spec)
    compared = compare(first, second, match_iou=spec.match_iou)
    context.progress(1, 2, unit="step", phase="compare")
    scores = score_image(
        first,
        second,
        match_iou=spec.match_iou,
        min_side_px=spec.min_side_px,
        nm_per_px=spec.nm_per_px,
    )
    ious = [pair.iou for pair in compared.same]
    matches = Matches(
        width_px=first.shape[1],
        height_px=first.shape[0],
        nm_per_px=spec.nm_per_px,
        match_iou=spec.match_iou,
        figures=scores.figures,
        mean_iou=float(np.mean(ious)) if ious else None,
        same=compared.same,
        differences=compared.differences,
        first_particles=len(np.unique(first[first != 0])),
        second_particles=len(np.unique(second[second != 0])),
        first_diameters_px=tuple(scores.diameters_predicted_px.round(3).tolist()),
        second_diameters_px=tuple(scores.diameters_true_px.round(3).tolist()),
    )
    for name, labels in ((FIRST, first), (SECOND, second)):
        context.artifact(
            files.write_png(context.out / name, labels.astype(np.uint16)), "compared labels"
        )
    context.artifact(files.write_json(context.out / MATCHES, matches), "matches")
    context.progress(2, 2, unit="step", phase="compare")
    context.metrics["differences"] = float(len(compared.differences))
    context.metrics["same"] = float(len(compared.same))
    if scores.figures.f1 is not None:
        context.metrics["f1"] = scores.figures.f1


def _both(spec: CompareLabelsSpec) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    read = []
    for named in (spec.first, spec.second):
        labels = read_labels(label_file(named))
        if labels.max(initial=0) > _MOST_IN_PNG:
            raise InputRefused(named, f"has more than {_MOST_IN_PNG} particles.")
        if spec.rows > labels.shape[0]:
            raise InputRefused(named, f"has fewer than the {spec.rows} rows that were named.")
        read.append(labels[: spec.rows or None])
    first, second = read
    if first.shape != second.shape:
        # Masks drawn by hand often leave the data bar out.
        rows = min(first.shape[0], second.shape[0])
        if first.shape[1] != second.shape[1]:
            raise InputRefused(
                spec.second,
                f"is {second.shape[1]} px wide, the other labels are {first.shape[1]} px: they are "
                "not of one micrograph.",
            )
        first, second = first[:rows], second[:rows]
    return first, second
