"""Stage `segment-predict`: real micrographs to labelled and measured particles.

Writes for each image ``OUT/<stem>.png``, the labels at the input's full size, and
``OUT/overlays/<stem>.png``, the outlines on the image; and one ``OUT/particles.csv``. An image
that is already done is not done again, so a stopped run goes on where it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pipeline import compute, files, weights
from pipeline.contracts import SegmentPredictSpec
from pipeline.errors import InputRefused
from pipeline.measure import measure_labels, read_labels, write_particles_csv
from pipeline.micrographs import Micrograph, list_images, read_micrograph
from pipeline.segment import model, normalise, overlay, train
from pipeline.segment.scales import Options, segment

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

    from pipeline.runner import StageContext

PARTICLES, OVERLAYS = "particles.csv", "overlays"
_USUAL, _MANY = ".png", ".tif"
_MOST_IN_PNG = np.iinfo(np.uint16).max


def run(spec: SegmentPredictSpec, context: StageContext) -> None:
    """Segment and measure every image of a folder.

    Raises
    ------
    InputRefused
        The weights are none, or not one image of the folder can be used.
    """
    device = compute.configure(spec, context)
    paths = list_images(Path(spec.images))
    network = model.load_network(_weights_path(spec.weights)).to(device)
    names = output_names(paths, context)
    tables: list[pd.DataFrame] = []
    for done, path in enumerate(paths):
        context.progress(done, len(paths), unit="image", phase="segment")
        try:
            micrograph = read_micrograph(path)
        except InputRefused as refusal:
            context.refuse(path.name, refusal.reason)
            continue
        for note in micrograph.notes:
            context.warn(f"{path.name}: {note}")
        labels = _labelled(micrograph, names[path], network, spec, context, device)
        tables.append(_measure(labels, path.name, micrograph, spec, context))
    context.progress(len(paths), len(paths), unit="image", phase="segment")
    if not tables:
        raise InputRefused(
            spec.images, f"holds no image that can be used; all {len(paths)} were left out."
        )
    _finish(pd.concat(tables, ignore_index=True), len(tables), context)


def output_names(paths: Sequence[Path], context: StageContext) -> dict[Path, str]:
    """Give each image a name for its outputs: its stem, or where that is taken its full name."""
    names: dict[Path, str] = {}
    for path in paths:
        name = path.stem
        if name in names.values():
            name = path.name
            context.warn(
                f"{path.name}: its outputs are named {name}, because {path.stem} is taken."
            )
        names[path] = name
    return names


def _weights_path(asked: str) -> Path:
    if not asked:
        return weights.shipped(weights.PARTICLES)
    path = Path(asked)
    return path / train.WEIGHTS if path.is_dir() else path


def _labelled(
    micrograph: Micrograph,
    name: str,
    network: model.ParticleNet,
    spec: SegmentPredictSpec,
    context: StageContext,
    device: torch.device,
) -> NDArray[np.int32]:
    """Return the labels of one micrograph; they and its overlay lie in OUT then."""
    picture = context.out / OVERLAYS / f"{name}.png"
    path = _done(context.out, name)
    if path is not None:
        labels = read_labels(path)
    else:
        labels = _segment(micrograph, name, network, spec, context, device)
        shown = overlay.outlined(np.rint(micrograph.pixels * 255).astype(np.uint8), labels)
        files.write_png(picture, shown)
        path = write_labels(context.out, name, labels)  # last: it says that the image is done
    if path.suffix == _MANY:
        context.warn(
            f"{path.name} holds {labels.max()} particles, more than a 16 bit PNG can number; "
            "its labels are a 32 bit TIFF."
        )
    context.artifact(path, "labels")
    context.artifact(picture, "overlay")
    context.sample(picture, f"Particles found in {name}")
    return labels


def _segment(
    micrograph: Micrograph,
    name: str,
    network: model.ParticleNet,
    spec: SegmentPredictSpec,
    context: StageContext,
    device: torch.device,
) -> NDArray[np.int32]:
    rows = micrograph.bar_row if spec.data_bar else None
    view = micrograph.pixels[:rows]
    image = normalise.to_input(view, *normalise.grey_range(view))
    options = Options(**{field.name: getattr(spec, field.name) for field in fields(Options)})
    labels = np.zeros(micrograph.pixels.shape, np.int32)
    labels[:rows], scale = segment(network, image, options, device=device)
    context.log(f"{name}: {labels.max()} particles, seen at {scale:g} of its size.")
    return labels


def _done(out: Path, name: str) -> Path | None:
    """Return the labels of an image that an earlier, stopped run has done."""
    candidates = (out / f"{name}{suffix}" for suffix in (_USUAL, _MANY))
    return next((path for path in candidates if path.is_file()), None)


def write_labels(out: Path, name: str, labels: NDArray[np.int32]) -> Path:
    """Write labels as 16 bit PNG, or as 32 bit TIFF where there are too many particles for it."""
    if labels.max() <= _MOST_IN_PNG:
        return files.write_png(out / f"{name}{_USUAL}", labels.astype(np.uint16))
    return files.write_tiff(out / f"{name}{_MANY}", labels.astype(np.uint32))


def _measure(
    labels: NDArray[np.int32],
    name: str,
    micrograph: Micrograph,
    spec: SegmentPredictSpec,
    context: StageContext,
) -> pd.DataFrame:
    """Measure the particles of one image, one row each."""
    nm_per_px = spec.nm_per_px or micrograph.nm_per_px
    if nm_per_px is None:
        context.warn(
            f"{name}: does not state its pixel size; its particles are measured in pixels only. "
            "Give the size as nm_per_px to have nanometres."
        )
    table = measure_labels(
        labels,
        nm_per_px=nm_per_px,
        exclude_border=True,
        min_side_px=spec.min_side_px,
        valid_rows=micrograph.bar_row if spec.data_bar else None,
    )
    table.insert(0, "image", name)
    return table


def _finish(particles: pd.DataFrame, images: int, context: StageContext) -> None:
    path = write_particles_csv(context.out / PARTICLES, particles)
    context.artifact(path, "particles")
    counted = int((particles["excluded"] == "").sum())
    context.log(f"{len(particles)} particles in {images} images; {counted} of them count.")
    context.metrics.update(
        images=float(images), particles=float(len(particles)), counted=float(counted)
    )
