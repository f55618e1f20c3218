"""What a stage is asked (specs), what it answers (results) and what it says meanwhile (events).

The only thing that the web platform, a shell, a test and a GPU machine need to agree on.
Standard library only. A spec is JSON with its `stage` and `version` beside its fields::

    {"stage": "simulate", "version": 1, "seed": 7, "scenes": 4}
"""

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
    CycleGanGenerateSpec,
    CycleGanTrainSpec,
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
    StageSpec,
    StimuliSpec,
    spec_from_json,
    spec_schema,
    spec_to_json,
)

__all__ = [
    "SPECS",
    "SPEC_OF",
    "VERSION",
    "Arrangement",
    "Artifact",
    "CycleGanGenerateSpec",
    "CycleGanTrainSpec",
    "EvaluateSpec",
    "Event",
    "FetchSpec",
    "Finished",
    "IntRange",
    "Log",
    "MeasureSpec",
    "Metric",
    "Pair",
    "PairList",
    "ParticleTruth",
    "Progress",
    "QuickstartSpec",
    "Range",
    "Refusal",
    "RenderSpec",
    "Sample",
    "SceneTruth",
    "SegmentPredictSpec",
    "SegmentTrainSpec",
    "Shape",
    "SimulateSpec",
    "StageResult",
    "StageSpec",
    "StimuliSpec",
    "event_from_json",
    "event_to_json",
    "spec_from_json",
    "spec_schema",
    "spec_to_json",
]
