"""What a stage is asked: one frozen spec a stage, checked when it is made.

Every field has a default except the folders that a stage reads. Paths in a spec are relative to
the working directory of the stage. A spec never holds the output folder: the same spec gives the
same bytes wherever it runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pipeline import codec
from pipeline.codec import Param
from pipeline.contracts.exchange_specs import ExportSpec, IngestSpec
from pipeline.contracts.render_ranges import RenderRanges
from pipeline.contracts.stage_spec import StageSpec
from pipeline.errors import SpecRefused

VERSION = 1

Shape = Literal["sphere", "cube", "short_rod", "long_rod", "grain"]
Arrangement = Literal["scattered", "clusters", "singles", "piles"]
Range = tuple[float, float]
IntRange = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulateSpec(StageSpec):
    """Drop particles in Blender; height map, instance labels, mask and edges of each scene."""

    stage: ClassVar[str] = "simulate"

    scenes: Annotated[int, Param("Scenes to make.", ge=1, le=100_000)] = 4
    particles: Annotated[
        IntRange,
        Param(
            "Particles of a scene, from-to; singles: the lowest quarter of it.",
            ge=1,
            le=1000,
            ordered=True,
        ),
    ] = (150, 300)
    shapes: Annotated[
        tuple[Shape, ...], Param("Shapes; each particle takes one at random.", min_items=1)
    ] = ("grain",)
    arrangements: Annotated[
        tuple[Arrangement, ...], Param("Arrangements; each scene takes one in turn.", min_items=1)
    ] = ("scattered", "clusters", "piles", "singles")
    size_distribution: Annotated[
        Literal["normal", "lognormal"], Param("Distribution of equivalent diameters.")
    ] = "lognormal"
    diameter_nm: Annotated[
        Range,
        Param("Mean diameter of a scene is drawn from it.", unit="nm", gt=0, le=1e6, ordered=True),
    ] = (120.0, 220.0)
    diameter_cv: Annotated[
        float, Param("Standard deviation of the diameters over their mean.", ge=0, le=1.0)
    ] = 0.2
    width_px: Annotated[int, Param("Image width.", unit="px", ge=32, le=8192)] = 1024
    height_px: Annotated[int, Param("Image height.", unit="px", ge=32, le=8192)] = 704
    nm_per_px: Annotated[float, Param("Pixel size.", unit="nm/px", gt=0, le=1e5)] = 7.0
    edges: Annotated[bool, Param("Draw Freestyle's edge map (slower).")] = True
    fall_limit_s: Annotated[
        float, Param("Simulated time after which a scene is taken as is.", unit="s", gt=0, le=120)
    ] = 12.0
    scene_timeout_s: Annotated[
        float, Param("Wall time after which a scene counts as broken.", unit="s", gt=0, le=86_400)
    ] = 600.0
    scenes_per_process: Annotated[
        int, Param("Blender starts afresh after so many, to return its memory.", ge=1, le=1000)
    ] = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderSpec(RenderRanges, StageSpec):
    """Height maps to artificial SEM images by a physics renderer (translate, preset `render`).

    Each image takes every parameter at random from its range (`pipeline.contracts.render_ranges`).
    """

    stage: ClassVar[str] = "render"

    scenes: Annotated[str, Param("Output folder of simulate.", path="folder")]
    variants: Annotated[int, Param("Images of each scene.", ge=1, le=1000)] = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleGanTrainSpec(StageSpec):
    """Train the paper's CycleGAN on height maps and unpaired real images (preset `paper`).

    The defaults are sized for two CPU cores (8 minutes); the paper's own networks are `ngf` 64,
    `ndf` 64 and `blocks` 9.
    """

    stage: ClassVar[str] = "cyclegan-train"

    scenes: Annotated[str, Param("Output folder of simulate.", path="folder")]
    real: Annotated[str, Param("Folder of real micrographs.", path="folder")]
    steps: Annotated[int, Param("Training steps.", ge=1, le=10_000_000)] = 1800
    crop_px: Annotated[int, Param("Side of the training crops.", unit="px", ge=32, le=1024)] = 128
    batch: Annotated[int, Param("Crops in a step.", ge=1, le=256)] = 1
    ngf: Annotated[int, Param("Channels of the generators' first layer.", ge=4, le=256)] = 24
    ndf: Annotated[int, Param("Channels of the discriminators' first layer.", ge=4, le=256)] = 32
    blocks: Annotated[int, Param("Residual blocks of a generator; the paper: 9.", ge=1, le=32)] = 6
    discriminator_layers: Annotated[
        int, Param("Strided layers of a discriminator; 3 sees 70 px.", ge=1, le=5)
    ] = 3
    cycle_weight: Annotated[float, Param("Weight of the cycle loss.", ge=0, le=1000)] = 10.0
    identity_weight: Annotated[
        float, Param("Weight of the identity loss, as a part of the cycle weight.", ge=0, le=100)
    ] = 0.5
    history: Annotated[
        int, Param("Generated images kept for the discriminators; 0 keeps none.", ge=0, le=10_000)
    ] = 50
    learning_rate: Annotated[float, Param("Adam's step size.", gt=0, le=1.0)] = 2e-4
    decay_from: Annotated[
        float, Param("Part of the training after which the rate falls to 0.", ge=0, le=1)
    ] = 0.5
    noise_sigma: Annotated[
        float, Param("Gaussian noise added to the height map of range [0, 1].", ge=0, le=1)
    ] = 0.01
    precision: Annotated[
        Literal["bf16", "fp32"], Param("Number format of the networks' arithmetic.")
    ] = "bf16"
    sample_every: Annotated[int, Param("Steps between samples of fixed scenes.", ge=1)] = 200
    checkpoint_every: Annotated[int, Param("Steps between checkpoints.", ge=1)] = 100
    stop_score: Annotated[
        float | None,
        Param(
            "Stop when the discriminator's mean score on generated images stays above it "
            "(1 is real, 0 generated; the paper's stop rule); none trains all steps.",
            gt=0,
            le=1,
        ),
    ] = None
    stop_window: Annotated[int, Param("Steps over which that score is averaged.", ge=1)] = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleGanGenerateSpec(StageSpec):
    """Height maps to artificial SEM images by a trained CycleGAN (preset `paper`)."""

    stage: ClassVar[str] = "cyclegan-generate"

    scenes: Annotated[str, Param("Output folder of simulate.", path="folder")]
    generator: Annotated[
        str, Param("Output folder of cyclegan-train, or its generator.safetensors.", path="file")
    ]
    variants: Annotated[int, Param("Images of each scene, by other noise.", ge=1, le=1000)] = 1
    noise_sigma: Annotated[
        float, Param("Gaussian noise added to the height map of range [0, 1].", ge=0, le=1)
    ] = 0.01
    precision: Annotated[
        Literal["bf16", "fp32"], Param("Number format of the network's arithmetic.")
    ] = "bf16"


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentTrainSpec(StageSpec):
    """Train the UNet++ on artificial SEM images with their exact labels."""

    stage: ClassVar[str] = "segment-train"

    pairs: Annotated[
        tuple[str, ...],
        Param("Output folders of render or cyclegan-generate.", min_items=1, path="folder"),
    ]
    steps: Annotated[int, Param("Training steps.", ge=1, le=10_000_000)] = 700
    batch: Annotated[int, Param("Crops in a step.", ge=1, le=1024)] = 4
    crop_px: Annotated[int, Param("Side of the training crops.", unit="px", ge=32, le=2048)] = 256
    features: Annotated[
        tuple[int, int, int, int, int, int],
        Param("Channels of the five levels and of the last layer.", ge=4, le=1024),
    ] = (16, 32, 64, 128, 256, 16)
    learning_rate: Annotated[float, Param("AdamW's highest step size.", gt=0, le=1.0)] = 2e-3
    validation_part: Annotated[
        float, Param("Part of the scenes kept for validation.", gt=0, lt=1)
    ] = 0.1
    validate_every: Annotated[int, Param("Steps between validations.", ge=1)] = 100
    checkpoint_every: Annotated[int, Param("Steps between checkpoints.", ge=1)] = 100
    precision: Annotated[
        Literal["bf16", "fp32"], Param("Number format of the network's arithmetic.")
    ] = "bf16"

    def check(self) -> None:
        """Refuse crops that the network cannot halve four times."""
        if self.crop_px % 16:
            raise SpecRefused("crop_px", f"{self.crop_px} is not a multiple of 16")


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentPredictSpec(StageSpec):
    """Segment micrographs into particles and measure each of them."""

    stage: ClassVar[str] = "segment-predict"

    images: Annotated[str, Param("Folder of micrographs.", path="folder")]
    weights: Annotated[
        str, Param("Weights file or output folder of segment-train; empty: shipped.", path="file")
    ] = ""
    nm_per_px: Annotated[
        float | None,
        Param("Pixel size of all images; none reads it from the files.", unit="nm/px", gt=0),
    ] = None
    data_bar: Annotated[bool, Param("Find the data bar at the bottom and leave it out.")] = True
    window_px: Annotated[int, Param("Side of the sliding window.", unit="px", ge=64, le=4096)] = (
        1024
    )
    scale: Annotated[
        float | None,
        Param(
            "Scale at which the network sees the image; none chooses 1/4, 1/2 or 1 by the "
            "particles' size, since it learns particles of 15 to 60 px.",
            gt=0,
            le=1,
        ),
    ] = None
    foreground_threshold: Annotated[
        float, Param("Probability from which a pixel is particle.", gt=0, lt=1)
    ] = 0.5
    seed_distance_px: Annotated[
        float, Param("Least distance between two particles' centres.", unit="px", ge=1, le=1000)
    ] = 4.0
    min_area_px: Annotated[
        int, Param("Smaller pieces are dropped.", unit="px²", ge=1, le=1_000_000)
    ] = 30
    min_side_px: Annotated[
        int, Param("Shorter bounding-box side from which a particle counts.", unit="px", ge=0)
    ] = 10
    precision: Annotated[
        Literal["bf16", "fp32"], Param("Number format of the network's arithmetic.")
    ] = "bf16"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureSpec(StageSpec):
    """Measure the particles of label images: diameters, Feret diameters, area, shape."""

    stage: ClassVar[str] = "measure"

    labels: Annotated[str, Param("Folder of label images or binary masks.", path="folder")]
    nm_per_px: Annotated[
        float | None, Param("Pixel size; none measures in pixels only.", unit="nm/px", gt=0)
    ] = None
    exclude_border: Annotated[bool, Param("Leave out particles that touch the border.")] = True
    min_side_px: Annotated[
        int, Param("Shorter bounding-box side from which a particle counts.", unit="px", ge=0)
    ] = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluateSpec(StageSpec):
    """Compare predicted label images with true ones."""

    stage: ClassVar[str] = "evaluate"

    predictions: Annotated[str, Param("Folder of predicted label images.", path="folder")]
    truth: Annotated[
        str, Param("Folder of true label images or masks: N.*, N_m.* or N_mask.*.", path="folder")
    ]
    match_iou: Annotated[
        float, Param("IoU above which two particles are the same one.", ge=0.5, lt=1)
    ] = 0.5
    connectivity: Annotated[
        Literal[4, 8], Param("Neighbours that join pixels of a binary truth mask.")
    ] = 4
    rows: Annotated[
        int, Param("Rows from the top that are compared; 0 takes all.", unit="px", ge=0)
    ] = 0
    nm_per_px: Annotated[
        float | None, Param("Pixel size for diameters in nm; none: px.", unit="nm/px", gt=0)
    ] = None
    min_side_px: Annotated[
        int, Param("Shorter bounding-box side from which a particle counts.", unit="px", ge=0)
    ] = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class EditLabelsSpec(StageSpec):
    """Correct a label image by an ordered list of edits, and measure its particles anew."""

    stage: ClassVar[str] = "edit-labels"

    labels: Annotated[
        str, Param("Label image, or a folder that holds one and nothing else.", path="file")
    ]
    edits: Annotated[
        str,
        Param("edits.json, or a folder that holds it; empty: measured as it is.", path="file"),
    ] = ""
    nm_per_px: Annotated[
        float | None, Param("Pixel size; none measures in pixels only.", unit="nm/px", gt=0)
    ] = None
    exclude_border: Annotated[bool, Param("Leave out particles that touch the border.")] = True
    min_side_px: Annotated[
        int, Param("Shorter bounding-box side from which a particle counts.", unit="px", ge=0)
    ] = 10
    rows: Annotated[
        int, Param("Rows of micrograph above the data bar; 0 takes all.", unit="px", ge=0)
    ] = 0
    note: Annotated[str, Param("Who corrected what; it goes into the mask's TIFF.")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareLabelsSpec(StageSpec):
    """List how two label images of one micrograph differ: missed, invented, merged, split."""

    stage: ClassVar[str] = "compare-labels"

    first: Annotated[
        str, Param("Labels that are looked at, or a folder that holds them.", path="file")
    ]
    second: Annotated[
        str, Param("Labels that they are held against, e.g. drawn by hand.", path="file")
    ]
    match_iou: Annotated[
        float, Param("IoU above which two particles are the same one.", ge=0.5, lt=1)
    ] = 0.5
    nm_per_px: Annotated[
        float | None, Param("Pixel size for diameters in nm; none: px.", unit="nm/px", gt=0)
    ] = None
    min_side_px: Annotated[
        int, Param("Shorter bounding-box side from which a particle counts.", unit="px", ge=0)
    ] = 10
    rows: Annotated[
        int, Param("Rows from the top that are compared; 0 takes all.", unit="px", ge=0)
    ] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelPairsSpec(StageSpec):
    """Real micrographs with masks, corrected or drawn by hand, as segment-train reads them."""

    stage: ClassVar[str] = "label-pairs"

    images: Annotated[str, Param("Folder of micrographs.", path="folder")]
    truth: Annotated[
        str, Param("Folder of their label images or masks: N.*, N_m.* or N_mask.*.", path="folder")
    ]
    connectivity: Annotated[
        Literal[4, 8], Param("Neighbours that join pixels of a binary mask.")
    ] = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickstartSpec(StageSpec):
    """The whole way: simulate, translate, train, segment, measure, evaluate, and a report."""

    stage: ClassVar[str] = "quickstart"

    real: Annotated[
        str, Param("Folder of real micrographs; empty: simulated ones.", path="folder")
    ] = ""
    truth: Annotated[
        str, Param("Their masks, read by the last step only; empty: no scores.", path="folder")
    ] = ""
    generator: Annotated[
        Literal["render", "paper"], Param("Physics renderer or the paper's CycleGAN.")
    ] = "render"
    scenes: Annotated[int, Param("Scenes to simulate.", ge=3, le=10_000)] = 24
    particles: Annotated[
        IntRange,
        Param(
            "Particles of a scene, from-to; singles: the lowest quarter of it.",
            ge=1,
            le=1000,
            ordered=True,
        ),
    ] = (80, 320)
    width_px: Annotated[int, Param("Width of the scenes.", unit="px", ge=256, le=8192)] = 1024
    height_px: Annotated[int, Param("Height of the scenes.", unit="px", ge=256, le=8192)] = 704
    variants: Annotated[int, Param("Rendered images of each scene.", ge=1, le=100)] = 6
    segment_steps: Annotated[int, Param("Training steps of the UNet++.", ge=1)] = 700
    cyclegan_steps: Annotated[int, Param("Training steps of the CycleGAN.", ge=1)] = 1200
    rows: Annotated[
        int, Param("Rows from the top that are compared; 0 takes all.", unit="px", ge=0)
    ] = 0

    def check(self) -> None:
        """Refuse what cannot work without real images."""
        if self.generator == "paper" and not self.real:
            raise SpecRefused("real", "the paper's CycleGAN learns from real images; name a folder")
        if self.truth and not self.real:
            raise SpecRefused("real", "masks were named, but not the images they belong to")


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchSpec(StageSpec):
    """Download real micrographs with masks, checked by SHA-256."""

    stage: ClassVar[str] = "fetch"

    dataset: Annotated[Literal["emps"], Param("Data set; EMPS is under the MIT licence.")] = "emps"
    images: Annotated[int, Param("How many of its images; 0 takes all.", ge=0)] = 12
    mirror: Annotated[
        str, Param("Address that replaces the original one; empty: SEMBLANCE_MIRROR, then GitHub.")
    ] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StimuliSpec(StageSpec):
    """Make images alike for a blinded survey: grey, cropped, one size, pixels and nothing else."""

    stage: ClassVar[str] = "stimuli"

    images: Annotated[str, Param("Folder of the chosen images.", path="folder")]
    width_px: Annotated[
        int | None,
        Param("Width of all; none takes the largest that all have.", unit="px", ge=64, le=4096),
    ] = None
    height_px: Annotated[
        int | None,
        Param("Height of all; none takes the largest that all have.", unit="px", ge=64, le=4096),
    ] = None
    largest_px: Annotated[
        int, Param("Where a side is not given, it is no longer than this.", ge=64, le=4096)
    ] = 1024
    crop: Annotated[
        Literal["centre", "seeded"], Param("Where the crop lies: in the middle, or at random.")
    ] = "centre"
    data_bar: Annotated[bool, Param("Cut off the data bar at the bottom.")] = True
    attention: Annotated[
        tuple[str, ...],
        Param("Pictures to draw that say what to answer, each NAME: TEXT, e.g. 9: Answer real."),
    ] = ()


SPECS: tuple[type[StageSpec], ...] = (
    SimulateSpec,
    RenderSpec,
    CycleGanTrainSpec,
    CycleGanGenerateSpec,
    SegmentTrainSpec,
    SegmentPredictSpec,
    MeasureSpec,
    EvaluateSpec,
    EditLabelsSpec,
    CompareLabelsSpec,
    LabelPairsSpec,
    QuickstartSpec,
    FetchSpec,
    StimuliSpec,
    IngestSpec,
    ExportSpec,
)
SPEC_OF: dict[str, type[StageSpec]] = {spec.stage: spec for spec in SPECS}


def spec_from_json(text: str) -> StageSpec:
    """Read a spec of any stage.

    Raises
    ------
    SpecRefused
        Naming the field that is unknown, missing, of a wrong type or impossible.
    """
    data = codec.parse_json(text, source="spec")
    if not isinstance(data, dict):
        raise SpecRefused("spec", f"expected an object, got {type(data).__name__}")
    stage, version = data.pop("stage", None), data.pop("version", None)
    if not isinstance(stage, str) or stage not in SPEC_OF:
        raise SpecRefused("stage", f"{stage!r} is not one of {', '.join(SPEC_OF)}")
    if type(version) is not int or version != VERSION:
        raise SpecRefused("version", f"{version!r} is not {VERSION}, the one this program reads")
    return codec.from_jsonable(SPEC_OF[stage], data)


def spec_to_json(spec: StageSpec) -> str:
    """Return a spec as JSON text; `spec_from_json` gives an equal spec back."""
    return codec.dump_json(
        {"stage": spec.stage, "version": VERSION, **codec.to_jsonable(spec)},
    )


def spec_schema(spec_class: type[StageSpec]) -> dict[str, Any]:
    """Return the JSON Schema of a stage's spec, `stage` and `version` included."""
    schema = codec.json_schema(spec_class)
    schema["properties"] = {
        "stage": {"const": spec_class.stage},
        "version": {"const": VERSION},
        **schema["properties"],
    }
    schema["required"] = ["stage", "version", *schema["required"]]
    return schema
