"""Whether what the planner said is said of the study as it is now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from survey.plan import Plan
from survey.protocol import PAIRS, Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What of a study the planner's answer hangs on; `raters` is None while nobody is invited."""

    real: int
    artificial: int
    raters: int | None = None  # whom the links let in


def not_simulated(settings: Settings, *, images: int) -> str:
    """Say why no answer of the planner holds for a study of `images` images; "" where one does.

    Simulated are single images of which each rater judges all, by Obuchowski and Rockette's
    interval. Pairs and incomplete blocks are analysed otherwise, and conclude less.
    """
    each = settings.images_per_rater
    if settings.task == PAIRS:
        return (
            "The planner simulates single images; this study shows pairs, which are analysed "
            "otherwise, and its answer does not hold for them."
        )
    if each is not None and (not images or each < images):
        return (
            "The planner simulates raters who judge every image; in this study each judges "
            f"{each}{f' of {images}' if images else ''}, which concludes less. Let each rater "
            "judge all images, or plan such a study by a simulation of your own."
        )
    return ""


def expectation_doubts(plan: Plan, settings: Settings, shape: Shape) -> list[str]:
    """Say where the expectation in a plan was computed for another design; else nothing."""
    if not plan.expected:
        return []
    design, margin = plan.expected["answer"]["design"], plan.expected["question"]["margin"]
    doubts = []
    then = (design["artificial"], design["real"], f"{margin:g}")
    now = (shape.artificial, shape.real, f"{plan.margin:g}")
    if then != now:
        doubts.append(
            f"The planner's answer in the plan is for {_design(*then)}; the study has "
            f"{_design(*now)}. Ask the planner again, so that the plan says what this study can "
            "conclude."
        )
    why = not_simulated(settings, images=shape.real + shape.artificial)
    if why:
        doubts.append(f"The plan holds an answer of the planner. {why}")
    doubts += _too_few(design, shape.raters)
    return doubts


def _too_few(design: dict[str, Any], raters: int | None) -> list[str]:
    """More links than raters are no doubt: not everybody comes."""
    if raters is None or raters >= design["raters"]:
        return []
    return [
        f"The planner's answer in the plan is for {design['raters']} raters; the links let in "
        f"{raters}. Invite more, or ask the planner for so many."
    ]


def _design(artificial: int, real: int, margin: str) -> str:
    return f"{artificial} artificial and {real} real images and a margin of {margin}"
