"""What a stage is asked (specs), what it answers (results) and what it says meanwhile (events).

The only thing that the web platform, a shell, a test and a GPU machine need to agree on.
Standard library only. A spec is JSON with its `stage` and `version` beside its fields::

    {"stage": "simulate", "version": 1, "seed": 7, "scenes": 4}
"""

from pipeline.contracts.edits import (
    Delete,
    Edit,
    Erase,
    Merge,
    Paint,
    Point,
    Renumber,
    Split,
    edits_from_json,
)
from pipeline.contracts.events import (
    Event,
    Finished,
    Log,
    Metric,
    Progress,
    Sample,
    event_from_json,
    event_to_json,
)
from pipeline.contracts.exchange_specs import ExportSpec, IngestSpec
from pipeline.contracts.ingested import Ingested, IngestedImage, IngestRefusal, RefusalKind
from pipeline.contracts.manifests import Manifest, ManifestItem
from pipeline.contracts.results import (
    Artifact,
    Refusal,
    StageResult,
)
from pipeline.contracts.scenes import (
    Pair,
    PairList,
    ParticleTruth,
    SceneTruth,
)
from pipeline.contracts.specs import (
    SPEC_OF,
    SPECS,
    VERSION,
    Arrangement,
    CompareLabelsSpec,
    CycleGanGenerateSpec,
    CycleGanTrainSpec,
    EditLabelsSpec,
    EvaluateSpec,
    FetchSpec,
    IntRange,
    MeasureSpec,
    QuickstartSpec,
    Range,
    RenderSpec,
    SegmentPredictSpec,
    SegmentTrainSpec,
    Shape,
    SimulateSpec,
    StimuliSpec,
    spec_from_json,
    spec_schema,
    spec_to_json,
)
from pipeline.contracts.stage_spec import StageSpec

__all__ = [
    "SPECS",
    "SPEC_OF",
    "VERSION",
    "Arrangement",
    "Artifact",
    "CompareLabelsSpec",
    "CycleGanGenerateSpec",
    "CycleGanTrainSpec",
    "Delete",
    "Edit",
    "EditLabelsSpec",
    "Erase",
    "EvaluateSpec",
    "Event",
    "ExportSpec",
    "FetchSpec",
    "Finished",
    "IngestRefusal",
    "IngestSpec",
    "Ingested",
    "IngestedImage",
    "IntRange",
    "Log",
    "Manifest",
    "ManifestItem",
    "MeasureSpec",
    "Merge",
    "Metric",
    "Paint",
    "Pair",
    "PairList",
    "ParticleTruth",
    "Point",
    "Progress",
    "QuickstartSpec",
    "Range",
    "Refusal",
    "RefusalKind",
    "RenderSpec",
    "Renumber",
    "Sample",
    "SceneTruth",
    "SegmentPredictSpec",
    "SegmentTrainSpec",
    "Shape",
    "SimulateSpec",
    "Split",
    "StageResult",
    "StageSpec",
    "StimuliSpec",
    "edits_from_json",
    "event_from_json",
    "event_to_json",
    "spec_from_json",
    "spec_schema",
    "spec_to_json",
]
