"""How many raters and images were planned, by which simulation, and what it said they can show."""

from __future__ import annotations

from survey.checks import is_of_pairs
from survey.plan import Plan


def planned_size(plan: Plan) -> str:
    """The planner's question and answer in a sentence; "" where the plan holds none."""
    if not plan.expected:
        return ""
    asked, answer = plan.expected["question"], plan.expected["answer"]
    found = (answer.get("search") or {}).get("found") or asked
    part = answer["design"].get("images_per_rater")
    each = f", {part} for each rater" if part else ""
    shown = (
        f"{found['artificial']} pairs of an artificial and a real image"
        if is_of_pairs(answer["design"])
        else f"{found['artificial']} artificial and {found['real']} real images"
    )
    return (
        f"{found['raters']} raters, {shown}{each}, by simulation ({answer['runs']} "
        f"studies; d-prime {asked['d_prime']:g}, "
        f"SD of images {asked['sd_image']:g}, of raters' sensitivity "
        f"{asked['sd_rater_sensitivity']:g}): {' '.join(answer['statements'])}"
    )
