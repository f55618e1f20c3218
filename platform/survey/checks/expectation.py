"""Whether what the planner said is said of the study as it is now."""

from __future__ import annotations

from survey.plan import Plan


def expectation_doubts(plan: Plan, *, real: int, artificial: int) -> list[str]:
    """Say where the expectation in a plan was computed for another design; else nothing."""
    if not plan.expected:
        return []
    design, margin = plan.expected["answer"]["design"], plan.expected["question"]["margin"]
    then = (design["artificial"], design["real"], f"{margin:g}")
    now = (artificial, real, f"{plan.margin:g}")
    if then == now:
        return []
    return [
        f"The planner's answer in the plan is for {_design(*then)}; the study has {_design(*now)}. "
        "Ask the planner again, so that the plan says what this study can conclude."
    ]


def _design(artificial: int, real: int, margin: str) -> str:
    return f"{artificial} artificial and {real} real images and a margin of {margin}"
