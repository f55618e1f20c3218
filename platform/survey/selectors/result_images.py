"""A closed study's images with what raters made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from survey.figures.marks import GRID, cells_met
from survey.models import Judgement, Presentation, Stimulus, Study
from survey.selectors.results import require_closed, result_sessions

_DARKEST = 0.65  # opacity of the cell with most marks


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultImage:
    """One image, sorted by how many took it for artificial."""

    stimulus: Stimulus
    answers: int
    said_artificial: int

    @property
    def percent(self) -> int:
        return round(100 * self.said_artificial / self.answers)

    @property
    def fooled(self) -> bool:
        """More than half of the raters were wrong."""
        wrong = self.said_artificial
        if self.stimulus.truth == "artificial":
            wrong = self.answers - wrong
        return 2 * wrong > self.answers


def result_images(*, study: Study, document: Mapping[str, Any]) -> list[ResultImage]:
    """The images of an analysis, those that were called artificial most often first."""
    require_closed(study)
    if "pairs" in document:
        return []
    stimuli = {
        str(one.number): one
        for one in study.stimuli.filter(use=Stimulus.Use.MAIN).select_related("pair")
    }
    told = sorted(
        document["figures"]["images"], key=lambda one: (-one["part_artificial"], one["truth"])
    )
    return [
        ResultImage(
            stimulus=stimuli[one["image"]],
            answers=one["answers"],
            said_artificial=one["said_artificial"],
        )
        for one in told
        if one["image"] in stimuli
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of a heat map in px of the image as raters got it."""

    x: float
    y: float
    width: float
    height: float
    marks: int
    opacity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One image in full."""

    stimulus: Stimulus
    judgements: list[Judgement]
    cells: list[Cell]
    marks: int
    corner_x: int  # of the cut in the whole image, px
    corner_y: int

    @property
    def reasons(self) -> list[Judgement]:
        return [one for one in self.judgements if one.reason]


def judged(*, study: Study, stimulus: Stimulus) -> Judged:
    """All that raters said of an image, and where they marked it."""
    require_closed(study)
    rows = (
        Judgement.objects.filter(
            presentation__session__in=result_sessions(study),
            presentation__stimulus=stimulus,
            presentation__kind=Presentation.Kind.MAIN,
        )
        .select_related("presentation__session")
        .order_by("presentation__session_id")
    )
    judgements = list(rows)
    regions = [region for one in judgements for region in one.regions]
    return Judged(
        stimulus=stimulus,
        judgements=judgements,
        cells=_cells(regions, stimulus.width_px or 1, stimulus.height_px or 1),
        marks=len(regions),
        corner_x=int(stimulus.figures.get("corner_column", 0)),
        corner_y=int(stimulus.figures.get("corner_row", 0)),
    )


def _cells(regions: list[list[float]], width_px: int, height_px: int) -> list[Cell]:
    counts = cells_met(regions, width_px=width_px, height_px=height_px)
    most = max(counts.values(), default=1)
    wide, high = width_px / GRID, height_px / GRID
    return [
        Cell(
            x=round(column * wide, 2),
            y=round(row * high, 2),
            width=round(wide, 2),
            height=round(high, 2),
            marks=marks,
            opacity=round(_DARKEST * marks / most, 3),
        )
        for (row, column), marks in sorted(counts.items())
    ]
