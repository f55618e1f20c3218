"""The stage `label-pairs`: real micrographs and their masks to what segment-train reads.

It writes what a translate stage and a simulation would have written together: ``images/*.png``,
``scenes/00000/labels.png`` with a ``scene.json``, and ``pairs.json``. Of a scene only the labels
are known: it has no height map, no particles dropped, and the pixel size 0 where nobody knows it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline import files, layout
from pipeline.contracts import PairList, SceneTruth
from pipeline.edit.apply import MOST_LABELS
from pipeline.errors import InputRefused
from pipeline.measure import read_labels
from pipeline.micrographs import list_images, read_micrograph
from pipeline.micrographs.pairing import pair_files
from pipeline.runner import require_folder

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from pipeline.contracts import LabelPairsSpec, Pair
    from pipeline.runner import StageContext

GENERATOR = "real"


def run(spec: LabelPairsSpec, context: StageContext) -> None:
    """Pair every micrograph with its mask, above the data bar of both.

    Raises
    ------
    InputRefused
        A folder is missing or empty, or not one pair could be made.
    """
    pairing = pair_files(
        list_images(require_folder(spec.images, what="micrographs")),
        list_images(require_folder(spec.truth, what="masks")),
    )
    for path in pairing.without_truth:
        context.refuse(path.name, "has no mask; it is left out.")
    made: list[Pair] = []
    for done, (image, mask) in enumerate(pairing.pairs):
        context.progress(done, len(pairing.pairs), unit="image", phase="pair")
        try:
            made.append(_pair(spec, context, len(made), image, mask))
        except InputRefused as refused:
            context.refuse(refused.name, refused.reason)
    context.progress(len(pairing.pairs), len(pairing.pairs), unit="image", phase="pair")
    if not made:
        raise InputRefused(spec.images, "holds no image that fits its mask; see the log.")
    pairs = PairList(generator=GENERATOR, pairs=tuple(made))
    context.artifact(layout.write_pairs(context.out, pairs), "pairs")
    context.metrics["images"] = float(len(made))


def _pair(
    spec: LabelPairsSpec, context: StageContext, number: int, image: Path, mask: Path
) -> Pair:
    micrograph = read_micrograph(image)
    instances = read_labels(mask, connectivity=spec.connectivity)
    if instances.shape[1] != micrograph.pixels.shape[1]:
        raise InputRefused(image.name, "and its mask differ in width; they are not of one image.")
    rows = min(instances.shape[0], micrograph.pixels.shape[0], micrograph.bar_row or 1 << 30)
    labels = _numbered(instances[:rows])
    if not labels.any():
        raise InputRefused(image.name, "has an empty mask; nothing could be learned from it.")
    folder = layout.scene_folder(context.out, number)
    shown = context.out / layout.IMAGES / f"{image.stem}.png"
    grey = np.rint(micrograph.pixels[:rows] * 255).astype(np.uint8)
    context.artifact(files.write_png(shown, grey), "image")
    context.artifact(files.write_png(folder / layout.LABELS, labels), "labels")
    truth = SceneTruth(
        index=number,
        seed=spec.seed,
        arrangement="scattered",
        width_px=labels.shape[1],
        height_px=labels.shape[0],
        nm_per_px=micrograph.nm_per_px or 0.0,
        top_nm=0.0,
        fall_s=0.0,
        never_rested=0,
        left_holder=0,
        particles=(),
    )
    context.artifact(files.write_json(folder / layout.TRUTH, truth), "scene")
    return layout.pair(context.out, image=shown, scene=folder, parameters={})


def _numbered(labels: NDArray[np.int32]) -> NDArray[np.uint16]:
    """Return labels 1, 2, 3 and so on: files and training count up to the largest."""
    present, numbers = np.unique(labels, return_inverse=True)
    if len(present) > MOST_LABELS:
        raise InputRefused("The mask", f"has more than {MOST_LABELS} particles.")
    first = 0 if present[0] == 0 else 1
    return (numbers.reshape(labels.shape) + first).astype(np.uint16)
