"""Whole pipelines as one launch: from a drop in Blender to measured real particles."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.models import Version
from runs.services import InputRef, Step, StepRef

# One network for many powders: mostly titania-like grains, some round and long ones.
POWDERS = {
    "shapes": ["grain", "grain", "sphere", "short_rod"],
    "diameter_nm": [100.0, 280.0],
    "diameter_cv": 0.35,
    "nm_per_px": 7.0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The few numbers that a launch is asked for."""

    scenes: int
    particles: tuple[int, int] = (80, 320)
    width_px: int = 1024
    height_px: int = 704
    variants: int = 6
    gan_steps: int = 0  # 0: the physics renderer
    network_steps: int = 700


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    key: str
    title: str
    summary: str
    plan: Plan


PRESETS = {
    preset.key: preset
    for preset in (
        Preset(
            key="quick",
            title="Quick look",
            summary="A small scene set and a short training: the whole way at once. "
            "Its network is a first one.",
            plan=Plan(scenes=8, variants=3, network_steps=150),
        ),
        Preset(
            key="physics",
            title="Physics renderer",
            summary="Height maps rendered by the physics of secondary electrons; a network that "
            "has seen no real image.",
            plan=Plan(scenes=24),
        ),
        Preset(
            key="paper",
            title="The paper's CycleGAN",
            summary="A CycleGAN learns the look of your micrographs, without any masks, and makes "
            "the training images.",
            plan=Plan(scenes=24, gan_steps=1200, variants=1),
        ),
    )
}


def steps_of(
    plan: Plan, *, version: Version | None = None, split: str = "", with_truth: bool = False
) -> list[Step]:
    """The runs of a plan, in order; with a version its images are segmented and, with truth,
    the result is compared with it."""
    scenes = {
        **POWDERS,
        "scenes": plan.scenes,
        "particles": list(plan.particles),
        "width_px": plan.width_px,
        "height_px": plan.height_px,
    }
    steps = [Step(key="scenes", stage="simulate", spec=scenes, name="Drop particles")]
    steps += _generated(plan, version, split)
    steps.append(
        Step(
            key="network",
            stage="segment-train",
            spec={"steps": plan.network_steps},
            inputs=[StepRef(field="pairs", step="pairs")],
            name="Train the UNet++",
        )
    )
    if version is not None:
        steps += measuring_steps(version, split=split, with_truth=with_truth)
    return steps


def measuring_steps(version: Version, *, split: str, with_truth: bool) -> list[Step]:
    images = InputRef(field="images", version=version, split=split)
    truth = InputRef(field="truth", version=version, part="truth", split=split)
    steps = [
        Step(
            key="particles",
            stage="segment-predict",
            inputs=[images, StepRef(field="weights", step="network")],
            name=f"Segment {version}"[:120],
        )
    ]
    if with_truth:
        steps.append(
            Step(
                key="scores",
                stage="evaluate",
                inputs=[StepRef(field="predictions", step="particles"), truth],
                name="Compare with the truth",
            )
        )
    return steps


def _generated(plan: Plan, version: Version | None, split: str) -> list[Step]:
    scenes = StepRef(field="scenes", step="scenes")
    if not plan.gan_steps:
        return [
            Step(
                key="pairs",
                stage="render",
                spec={"variants": plan.variants},
                inputs=[scenes],
                name="Render micrographs",
            )
        ]
    if version is None:
        raise ValueError("the CycleGAN learns from real images; name a version")
    return [
        Step(
            key="generator",
            stage="cyclegan-train",
            spec={"steps": plan.gan_steps},
            inputs=[scenes, InputRef(field="real", version=version, split=split)],
            name="Train the CycleGAN",
        ),
        Step(
            key="pairs",
            stage="cyclegan-generate",
            spec={"variants": plan.variants},
            inputs=[scenes, StepRef(field="generator", step="generator")],
            name="Generate micrographs",
        ),
    ]
