"""The table of stages: which function does the work of which spec.

Functions are named, not imported: a stage loads Blender or torch only when it runs.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from pipeline.contracts import (
    CompareLabelsSpec,
    CycleGanGenerateSpec,
    CycleGanTrainSpec,
    EditLabelsSpec,
    EvaluateSpec,
    ExportSpec,
    FetchSpec,
    IngestSpec,
    LabelPairsSpec,
    MeasureSpec,
    QuickstartSpec,
    RenderSpec,
    SegmentPredictSpec,
    SegmentTrainSpec,
    SimulateSpec,
    StageSpec,
    StimuliSpec,
)

ENTRY: dict[type[StageSpec], str] = {
    SimulateSpec: "pipeline.simulate.stage:run",
    RenderSpec: "pipeline.translate.render_stage:run",
    CycleGanTrainSpec: "pipeline.translate.cyclegan.train:run",
    CycleGanGenerateSpec: "pipeline.translate.cyclegan.generate:run",
    SegmentTrainSpec: "pipeline.segment.train:run",
    SegmentPredictSpec: "pipeline.segment.predict:run",
    MeasureSpec: "pipeline.measure.stage:run",
    EvaluateSpec: "pipeline.evaluate.stage:run",
    EditLabelsSpec: "pipeline.edit.stage:run",
    CompareLabelsSpec: "pipeline.evaluate.differences_stage:run",
    LabelPairsSpec: "pipeline.edit.pairs:run",
    QuickstartSpec: "pipeline.quickstart.stage:run",
    FetchSpec: "pipeline.datasets:run",
    StimuliSpec: "pipeline.stimuli.stage:run",
    IngestSpec: "pipeline.ingest.stage:run",
    ExportSpec: "pipeline.export.stage:run",
}


def function_of(spec: StageSpec) -> Callable[..., Any]:
    """Import and return the function ``run(spec, context)`` of a spec's stage."""
    module, _, name = ENTRY[type(spec)].partition(":")
    function: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return function
