"""What a study's images show, and how evenly: arms by shape and material."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from survey.facts import UNKNOWN, facts_of
from survey.models import Answer, Stimulus, Study


@dataclass(frozen=True, slots=True)
class Line:
    """One kind or arm; `cells` has a count for each content, in the order of `Balance.contents`."""

    name: str
    use: str
    cells: list[int]

    @property
    def total(self) -> int:
        return sum(self.cells)


@dataclass(frozen=True, slots=True)
class Balance:
    contents: list[tuple[str, str]]  # shape and material
    lines: list[Line]

    @property
    def headings(self) -> list[str]:
        """Each content in words: "sphere, material not stated"."""
        return [_in_words(shape, material) for shape, material in self.contents]


def chosen_of(*, study: Study) -> list[Stimulus]:
    """In the order in which the page shows them: uses, kinds, arms."""
    uses = {use: place for place, use in enumerate(Stimulus.Use.values)}
    found = study.stimuli.select_related("image__dataset", "pair__scene_run", "pair__run")
    return sorted(
        found, key=lambda s: (uses[s.use], s.truth != Answer.REAL, s.match or 0, s.arm, s.number)
    )


def balance_of(stimuli: Sequence[Stimulus]) -> Balance:
    counts: Counter[tuple[str, str, tuple[str, str]]] = Counter()
    lines: dict[tuple[str, str], None] = {}
    for stimulus in stimuli:
        if stimulus.use == Stimulus.Use.ATTENTION:
            continue
        line = (Stimulus.Use(stimulus.use).label, stimulus.arm or stimulus.get_truth_display())
        lines[line] = None
        counts[(*line, facts_of(stimulus))] += 1
    contents = sorted({content for _, _, content in counts})
    return Balance(
        contents=contents,
        lines=[
            Line(name=name, use=use, cells=[counts[use, name, content] for content in contents])
            for use, name in lines
        ],
    )


def _in_words(shape: str, material: str) -> str:
    if shape == material == UNKNOWN:
        return f"shape and material {UNKNOWN}"
    named = (("shape", shape), ("material", material))
    return ", ".join(f"{what} {UNKNOWN}" if fact == UNKNOWN else fact for what, fact in named)
