"""Which stages a quickstart runs, with which specs. Decided before the first one starts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.contracts import (
    CycleGanGenerateSpec,
    CycleGanTrainSpec,
    EvaluateSpec,
    QuickstartSpec,
    RenderSpec,
    SegmentPredictSpec,
    SegmentTrainSpec,
    SimulateSpec,
    StageSpec,
)

SCENES, CYCLEGAN, PAIRS, NETWORK = "1-scenes", "2-cyclegan", "2-artificial", "3-network"
PARTICLES, SCORES = "4-particles", "5-scores"
HELD_OUT_SCENES, HELD_OUT = "4-held-out-scenes", "4-held-out"
HELD_OUT_COUNT = 4

# One network for many powders: mostly titania-like grains, some round and long ones, with means
# of 14 to 40 px; training zooms them further. No figure comes from the images to be measured.
MANY_KINDS: dict[str, Any] = {
    "shapes": ("grain", "grain", "sphere", "short_rod"),
    "diameter_nm": (100.0, 280.0),
    "diameter_cv": 0.35,
    "nm_per_px": 7.0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One stage of the quickstart: its folder below OUT, its title for people, its spec."""

    folder: str
    title: str
    spec: StageSpec


def training_steps(spec: QuickstartSpec, out: Path) -> list[Step]:
    """Return the steps up to a trained network; none of them sees a real image's mask.

    With the physics renderer they see no real image at all.
    """
    common: dict[str, Any] = {"seed": spec.seed, "device": spec.device, "threads": spec.threads}
    scenes, pairs = str(out / SCENES), str(out / PAIRS)
    steps = [
        Step(
            folder=SCENES,
            title="Drop particles",
            spec=_simulate(spec, scenes=spec.scenes, seed=spec.seed),
        )
    ]
    if spec.generator == "render":
        render = RenderSpec(**common, scenes=scenes, variants=spec.variants)
        steps.append(Step(folder=PAIRS, title="Render SEM images", spec=render))
    else:
        train = CycleGanTrainSpec(
            **common, scenes=scenes, real=spec.real, steps=spec.cyclegan_steps
        )
        generate = CycleGanGenerateSpec(**common, scenes=scenes, generator=str(out / CYCLEGAN))
        steps.append(Step(folder=CYCLEGAN, title="Train the CycleGAN", spec=train))
        steps.append(Step(folder=PAIRS, title="Generate SEM images", spec=generate))
    network = SegmentTrainSpec(**common, pairs=(pairs,), steps=spec.segment_steps)
    steps.append(Step(folder=NETWORK, title="Train the UNet++", spec=network))
    return steps


def held_out_steps(spec: QuickstartSpec, out: Path) -> list[Step]:
    """Return the steps that make the images to measure where no real ones are given."""
    common: dict[str, Any] = {"seed": spec.seed + 1, "device": spec.device, "threads": spec.threads}
    simulate = _simulate(spec, scenes=HELD_OUT_COUNT, seed=spec.seed + 1)
    render = RenderSpec(**common, scenes=str(out / HELD_OUT_SCENES))
    return [
        Step(folder=HELD_OUT_SCENES, title="Drop other particles", spec=simulate),
        Step(folder=HELD_OUT, title="Render them as test images", spec=render),
    ]


def measuring_steps(spec: QuickstartSpec, out: Path, *, images: str, truth: str) -> list[Step]:
    """Return the steps from a trained network to particles and, with `truth`, to scores."""
    common: dict[str, Any] = {"seed": spec.seed, "device": spec.device, "threads": spec.threads}
    predict = SegmentPredictSpec(**common, images=images, weights=str(out / NETWORK))
    steps = [Step(folder=PARTICLES, title="Segment and measure", spec=predict)]
    if truth:
        evaluate = EvaluateSpec(
            **common, predictions=str(out / PARTICLES), truth=truth, rows=spec.rows
        )
        steps.append(Step(folder=SCORES, title="Compare with the truth", spec=evaluate))
    return steps


def _simulate(spec: QuickstartSpec, *, scenes: int, seed: int) -> SimulateSpec:
    return SimulateSpec(
        **MANY_KINDS,
        seed=seed,
        device=spec.device,
        threads=spec.threads,
        scenes=scenes,
        particles=spec.particles,
        width_px=spec.width_px,
        height_px=spec.height_px,
    )
