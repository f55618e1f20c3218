"""Which truth file belongs to which prediction: by name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import InputRefused

TRUTH_ENDINGS = ("_m", "_mask", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """Prediction and truth of each image, and what has no partner."""

    pairs: tuple[tuple[Path, Path], ...]
    without_truth: tuple[Path, ...]
    without_prediction: tuple[Path, ...]


def pair_files(predictions: list[Path], truths: list[Path]) -> Pairing:
    """Pair ``N.*`` with ``N.*``, ``N_m.*`` or ``N_mask.*``.

    Raises
    ------
    InputRefused
        Two truth files fit one prediction, two predictions have one name, or nothing fits at all.
    """
    by_stem: dict[str, Path] = {}
    for truth in truths:
        if truth.stem in by_stem:
            raise InputRefused(
                truth.name, f"and {by_stem[truth.stem].name} have the same name; keep one of them."
            )
        by_stem[truth.stem] = truth
    pairs: dict[str, tuple[Path, Path]] = {}
    without_truth = []
    for prediction in predictions:
        stem = prediction.stem
        fitting = [by_stem[stem + end] for end in TRUTH_ENDINGS if stem + end in by_stem]
        if len(fitting) > 1 or stem in pairs:
            names = ", ".join(path.name for path in fitting or (prediction,))
            raise InputRefused(prediction.name, f"fits more than one file ({names}); keep one.")
        if fitting:
            pairs[stem] = (prediction, fitting[0])
        else:
            without_truth.append(prediction)
    if not pairs:
        raise InputRefused(
            predictions[0].name,
            f"has no truth, nor have the others; name it {predictions[0].stem}.*, _m.* or _mask.*.",
        )
    used = {truth for _, truth in pairs.values()}
    return Pairing(
        pairs=tuple(pairs.values()),
        without_truth=tuple(without_truth),
        without_prediction=tuple(truth for truth in truths if truth not in used),
    )
