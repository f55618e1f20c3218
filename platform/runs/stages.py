"""The stages as people know them: their names, what they read, what is set before all else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SIMULATE, RENDER = "simulate", "render"
GAN_TRAIN, GAN_GENERATE = "cyclegan-train", "cyclegan-generate"
NETWORK_TRAIN, PREDICT = "segment-train", "segment-predict"
MEASURE, EVALUATE = "measure", "evaluate"
LABEL_PAIRS = "label-pairs"

MAKES_PAIRS = (RENDER, GAN_GENERATE)
TRAINS = (GAN_TRAIN, NETWORK_TRAIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What an input may be: outputs of these stages, datasets (their images or their truth)."""

    label: str
    stages: tuple[str, ...] = ()
    datasets: bool = False
    part: str = "images"
    none: str = ""  # what leaving it empty means; empty: it must be chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class StageInfo:
    """One stage that people start by hand."""

    stage: str
    title: str
    summary: str
    group: str
    inputs: Mapping[str, Source] = field(default_factory=dict)
    first: tuple[str, ...] = ()  # fields shown at once; all others are folded away


_SCENES = Source(label="Scenes", stages=(SIMULATE,))

BY_HAND: tuple[StageInfo, ...] = (
    StageInfo(
        stage=SIMULATE,
        title="Drop particles",
        summary="Blender lets particles fall on a holder: height maps with exact masks.",
        group="Simulate",
        first=("scenes", "particles", "shapes", "diameter_nm", "nm_per_px", "seed"),
    ),
    StageInfo(
        stage=RENDER,
        title="Render micrographs",
        summary="Height maps become artificial SEM images by the physics of secondary electrons.",
        group="Generate",
        inputs={"scenes": _SCENES},
        first=("variants", "seed"),
    ),
    StageInfo(
        stage=GAN_TRAIN,
        title="Train a CycleGAN",
        summary="The paper's generator learns the look of real micrographs, without any masks.",
        group="Generate",
        inputs={"scenes": _SCENES, "real": Source(label="Real micrographs", datasets=True)},
        first=("steps", "crop_px", "seed"),
    ),
    StageInfo(
        stage=GAN_GENERATE,
        title="Generate with a CycleGAN",
        summary="A trained generator turns height maps into artificial SEM images.",
        group="Generate",
        inputs={
            "scenes": _SCENES,
            "generator": Source(label="Generator", stages=(GAN_TRAIN,)),
        },
        first=("variants", "seed"),
    ),
    StageInfo(
        stage=LABEL_PAIRS,
        title="Prepare real images for training",
        summary="Micrographs with masks, corrected in a review or drawn by hand, to train with.",
        group="Measure",
        inputs={
            "images": Source(label="Micrographs", datasets=True),
            "truth": Source(label="Their masks", datasets=True, part="truth"),
        },
        first=("connectivity",),
    ),
    StageInfo(
        stage=NETWORK_TRAIN,
        title="Train a segmenter",
        summary="A UNet++ learns to find particles, from artificial images and their exact masks.",
        group="Measure",
        inputs={"pairs": Source(label="Images with masks", stages=(*MAKES_PAIRS, LABEL_PAIRS))},
        first=("steps", "batch", "seed"),
    ),
    StageInfo(
        stage=PREDICT,
        title="Segment and measure",
        summary="A trained network finds the particles of micrographs and measures each of them.",
        group="Measure",
        inputs={
            "images": Source(label="Micrographs", stages=MAKES_PAIRS, datasets=True),
            "weights": Source(
                label="Network", stages=(NETWORK_TRAIN,), none="The one that comes with Semblance"
            ),
        },
        first=("nm_per_px",),
    ),
    StageInfo(
        stage=MEASURE,
        title="Measure label images",
        summary="Diameters, Feret diameters, areas and shapes of particles that are labelled.",
        group="Measure",
        inputs={
            "labels": Source(label="Labels", stages=(PREDICT,), datasets=True, part="truth"),
        },
        first=("nm_per_px", "exclude_border"),
    ),
    StageInfo(
        stage=EVALUATE,
        title="Compare with the truth",
        summary="IoU, F1 and sizes of a segmentation against masks made by hand or known exactly.",
        group="Measure",
        inputs={
            "predictions": Source(label="Segmentation", stages=(PREDICT,)),
            "truth": Source(label="Truth", stages=MAKES_PAIRS, datasets=True, part="truth"),
        },
        first=("rows", "match_iou"),
    ),
)
INFO = {info.stage: info for info in BY_HAND}
_OTHER_TITLES = {
    "ingest": "Read uploads",
    "export": "Pack an export",
    "stimuli": "Prepare survey images",
    "edit-labels": "Correct labels",
    "compare-labels": "Compare two segmentations",
    "fetch": "Download micrographs",
    "quickstart": "Quickstart",
}


def title_of(stage: str) -> str:
    info = INFO.get(stage)
    return info.title if info else _OTHER_TITLES.get(stage, stage.replace("-", " ").capitalize())
