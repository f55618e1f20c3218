"""The stage `evaluate`: predictions and truth to scores.csv, scores.json and diameters.csv."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from pipeline import codec, files
from pipeline.errors import InputRefused
from pipeline.evaluate.scores import FIGURES, Counts, Figures, ImageScores, means, pool, score_image
from pipeline.measure import read_labels, write_particles_csv
from pipeline.micrographs import list_images
from pipeline.micrographs.pairing import pair_files
from pipeline.runner import require_folder

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.contracts import EvaluateSpec
    from pipeline.runner import StageContext

TABLE, SCORES, DIAMETERS = "scores.csv", "scores.json", "diameters.csv"
# Numbers of pixels and of pairs at ten thresholds say little image by image.
_COLUMNS = ("true_positives", "false_positives", "false_negatives")
_COUNTED = ("counted_predicted", "counted_true")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """`scores.json`: mean over the images in which a figure is defined, and all images as one."""

    images: int
    mean: Figures
    pooled: Figures
    counts: Counts
    undefined: dict[str, str]


def run(spec: EvaluateSpec, context: StageContext) -> None:
    """Compare predicted label images with true ones.

    Writes ``scores.csv`` (a row an image), ``scores.json`` (`Scores`) and ``diameters.csv`` (a row
    a particle that counts, predicted or true). Figures are fractions;
    an undefined one is an empty cell, null, and absent from the metrics, with a warning.

    Raises
    ------
    InputRefused
        A folder is missing or empty, or no pair of files could be compared.
    """
    pairing = pair_files(
        list_images(require_folder(spec.predictions, what="predicted label images")),
        list_images(require_folder(spec.truth, what="true label images")),
    )
    for path in pairing.without_truth:
        context.refuse(path.name, "has no truth; it is not in the scores.")
    for path in pairing.without_prediction:
        context.refuse(path.name, "has no prediction; it is not in the scores.")
    scored = _score_all(spec, context, pairing.pairs)
    if not scored:
        raise InputRefused(spec.predictions, "holds nothing that could be compared; see the log.")
    table = pd.DataFrame([_row(name, scores) for name, scores in scored.items()])
    pooled = pool(list(scored.values()), nm_per_px=spec.nm_per_px)
    mean = means(image.figures for image in scored.values())
    undefined = _undefined(mean, pooled, nm_per_px=spec.nm_per_px)
    overall = Scores(
        images=len(scored),
        mean=mean,
        pooled=pooled.figures,
        counts=pooled.counts,
        undefined=undefined,
    )
    context.artifact(write_particles_csv(context.out / TABLE, table), "scores of each image")
    context.artifact(files.write_json(context.out / SCORES, overall), "scores")
    context.artifact(write_particles_csv(context.out / DIAMETERS, _diameters(scored)), "diameters")
    context.metrics["images"] = float(len(scored))
    for prefix, figures in (("", mean), ("pooled_", pooled.figures)):
        values = {prefix + name: getattr(figures, name) for name in FIGURES}
        context.metrics |= {name: value for name, value in values.items() if value is not None}
    for name, reason in undefined.items():
        context.warn(f"{name} is undefined: {reason}.")


def _score_all(
    spec: EvaluateSpec, context: StageContext, pairs: tuple[tuple[Path, Path], ...]
) -> dict[str, ImageScores]:
    scored: dict[str, ImageScores] = {}
    for done, (prediction, truth) in enumerate(pairs):
        context.progress(done, len(pairs), unit="images", phase="evaluate")
        try:
            scored[prediction.stem] = _score_files(spec, prediction, truth)
        except InputRefused as refused:
            context.refuse(refused.name, refused.reason)
    context.progress(len(pairs), len(pairs), unit="images", phase="evaluate")
    return scored


def _score_files(spec: EvaluateSpec, prediction: Path, truth: Path) -> ImageScores:
    predicted = read_labels(prediction, connectivity=spec.connectivity)
    true = read_labels(truth, connectivity=spec.connectivity)
    if spec.rows:
        if min(predicted.shape[0], true.shape[0]) < spec.rows:
            raise InputRefused(
                prediction.name,
                f"or its truth has fewer than the {spec.rows} rows to compare; ask for fewer.",
            )
        predicted, true = predicted[: spec.rows], true[: spec.rows]
    if predicted.shape != true.shape:
        sizes = " and ".join(
            f"{shape[1]} x {shape[0]} px" for shape in (predicted.shape, true.shape)
        )
        raise InputRefused(
            prediction.name,
            f"and its truth differ in size ({sizes}); where only one has the data bar, limit the "
            "rows (--rows) to the micrograph.",
        )
    return score_image(
        predicted,
        true,
        match_iou=spec.match_iou,
        min_side_px=spec.min_side_px,
        nm_per_px=spec.nm_per_px,
    )


def _row(name: str, scores: ImageScores) -> dict[str, Any]:
    counts = codec.to_jsonable(scores.counts)
    return {
        "image": name,
        **codec.to_jsonable(scores.figures),
        **{column: counts[column] for column in (*_COLUMNS, *_COUNTED)},
    }


def _diameters(scored: dict[str, ImageScores]) -> pd.DataFrame:
    parts = [
        pd.DataFrame({"image": name, "source": source, "equivalent_diameter_px": values})
        for name, scores in scored.items()
        for source, values in (
            ("predicted", scores.diameters_predicted_px),
            ("true", scores.diameters_true_px),
        )
    ]
    return pd.concat(parts, ignore_index=True)


def _undefined(mean: Figures, pooled: ImageScores, *, nm_per_px: float | None) -> dict[str, str]:
    """Return why figures are undefined over all images; nm without a pixel size goes unsaid."""
    nothing = "neither prediction nor truth has a particle"
    reasons = dict.fromkeys(("foreground_iou", "f1", "ap", "pq", "mean_ap"), nothing)
    reasons["count_ratio"] = "no true particle counts"
    empty = "true" if pooled.counts.counted_true == 0 else "predicted"
    reasons["diameter_distance_px"] = f"no {empty} particle counts"
    if nm_per_px is not None:
        reasons["diameter_distance_nm"] = reasons["diameter_distance_px"]
    return {
        name: reason
        for name, reason in reasons.items()
        if getattr(mean, name) is None or getattr(pooled.figures, name) is None
    }
