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


def answer_does_not_hold(settings: Settings, *, images: int, design: dict[str, Any]) -> str:
    """Say why the planner's answer for `design` does not hold for a study; "" where it does.

    `images` : of the study, real and artificial.
    """
    return _other_task(settings, design) or _other_part(settings, images=images, design=design)


def is_of_pairs(design: dict[str, Any]) -> bool:
    """Whether a design that was simulated shows pairs; earlier versions simulated none."""
    return bool(design.get("pairs"))


def _other_task(settings: Settings, design: dict[str, Any]) -> str:
    """Say that an answer is for single images and the study shows pairs, or the other way round.

    They are analysed by other intervals.
    """
    if is_of_pairs(design) == (settings.task == PAIRS):
        return ""
    simulated, shown = ("pairs", "single images")
    if not is_of_pairs(design):
        simulated, shown = shown, simulated
    return (
        f"The planner's answer is for studies that show {simulated}, and this study shows {shown}. "
        "Ask the planner again from the study's page."
    )


def _other_part(settings: Settings, *, images: int, design: dict[str, Any]) -> str:
    """Say that an answer is for raters who judge more or fewer of the images; "" where it is not.

    Of single images incomplete blocks are analysed by another interval, and all conclude less.
    """
    noun, each_of = ("pairs", 2) if is_of_pairs(design) else ("images", 1)
    all_of_them = (design["artificial"] + design["real"]) // each_of
    shown = images // each_of
    # Answers of earlier versions were for raters who judge every image.
    simulated = design.get("images_per_rater") or all_of_them
    each = min(settings.images_per_rater or shown, shown) or all_of_them
    if simulated == each or (simulated == all_of_them and each == shown):
        return ""
    return (
        f"The planner's answer is for raters who judge {_of(simulated, all_of_them, noun)}; in "
        f"this study each judges {_of(each, shown, noun)}. Ask the planner again with so many "
        f"{noun} for each rater."
    )


def _of(each: int, images: int, noun: str) -> str:
    return f"all {images} {noun}" if each == images else f"{each} of {images} {noun}"


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
    images = shape.real + shape.artificial
    why = answer_does_not_hold(settings, images=images, design=design)
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
