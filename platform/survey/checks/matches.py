"""Of content-matched pairs: every image has one partner of the other kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from survey.models import Answer, Stimulus

_NAMED = 5


def match_problems(stimuli: Sequence[Stimulus]) -> list[str]:
    shown = [s for s in stimuli if s.use == Stimulus.Use.MAIN]
    groups: dict[int, list[Stimulus]] = defaultdict(list)
    for stimulus in shown:
        if stimulus.match is not None:
            groups[stimulus.match].append(stimulus)
    alone = [s.source_name for s in shown if s.match is None]
    problems = []
    if alone:
        more = f" and {len(alone) - _NAMED} more" if len(alone) > _NAMED else ""
        problems.append(
            f"{', '.join(alone[:_NAMED])}{more} stand in no pair: match the images, or take these "
            "out."
        )
    problems += [
        f"Pair {number} is not one real and one artificial image."
        for number, group in sorted(groups.items())
        if sorted(s.truth for s in group) != sorted(Answer.values)
    ]
    return problems
