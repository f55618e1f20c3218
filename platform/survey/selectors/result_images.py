"""A closed study's images with what raters made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from core.files import file_open
from core.models import StoredFile
from survey.figures.counting import OTHER, Counting
from survey.figures.of_study import hardest_pairs
from survey.figures.overlay import Overlay, Picture
from survey.models import Answer, Judgement, Presentation, Session, Stimulus, Study
from survey.plan import Plan
from survey.selectors.results import require_closed, result_sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultImage:
    """One image, sorted by how many were wrong about it."""

    stimulus: Stimulus
    answers: int
    said_artificial: int

    @property
    def percent(self) -> int:
        return round(100 * self.said_artificial / self.answers)

    @property
    def wrong(self) -> int:
        """How many raters were wrong about it."""
        is_artificial = self.stimulus.truth == Answer.ARTIFICIAL
        return self.answers - self.said_artificial if is_artificial else self.said_artificial

    @property
    def fooled(self) -> bool:
        """More than half of the raters were wrong."""
        return 2 * self.wrong > self.answers


def result_images(*, study: Study, document: Mapping[str, Any]) -> list[ResultImage]:
    """The images of an analysis, the most difficult first: most were wrong about these."""
    require_closed(study)
    if "pairs" in document:
        return []
    stimuli = {
        str(one.number): one
        for one in study.stimuli.filter(use=Stimulus.Use.MAIN).select_related(
            "served", "pair__height"
        )
    }
    told = sorted(document["figures"]["images"], key=lambda one: (-one["part_wrong"], one["truth"]))
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
class ResultPair:
    """One pair; raters who were wrong took its real image for the artificial one."""

    artificial: Stimulus
    real: Stimulus
    answers: int
    wrong: int

    @property
    def fooled(self) -> bool:
        """More than half of the raters were wrong."""
        return 2 * self.wrong > self.answers


def result_pairs(*, study: Study, document: Mapping[str, Any]) -> list[ResultPair]:
    """The pairs of an analysis, the most difficult first; none where it is of single images."""
    require_closed(study)
    ranked = hardest_pairs(document)
    if not ranked:
        return []
    stimuli = {
        str(one.number): one
        for one in study.stimuli.filter(use=Stimulus.Use.MAIN).select_related(
            "served", "pair__height"
        )
    }
    found = []
    for one in ranked:
        # In a pair's name the smaller number is first, whichever of the two is artificial.
        both = sorted((stimuli[name] for name in one["pair"].split("-")), key=_real_last)
        artificial, real = both
        found.append(
            ResultPair(artificial=artificial, real=real, answers=one["answers"], wrong=one["wrong"])
        )
    return found


def _real_last(stimulus: Stimulus) -> bool:
    return stimulus.truth == Answer.REAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An answer to an image; of a pair, `decision` is what the rater took this one of the two for.

    `counts`: it was not left out as planned. `marked_here`: its marks lie on this image.
    """

    judgement: Judgement
    decision: str
    counts: bool
    marked_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One image in full."""

    stimulus: Stimulus
    said: list[Said]
    overlay: Overlay
    corner_x: int  # of the cut in the whole image, px
    corner_y: int


def judged(*, study: Study, stimulus: Stimulus, document: Mapping[str, Any]) -> Judged:
    """All that raters said of an image; marked is what those marked who count in the analysis."""
    require_closed(study)
    rows = (
        Judgement.objects.filter(
            Q(presentation__stimulus=stimulus) | Q(presentation__other=stimulus),
            presentation__session__in=result_sessions(study),
            presentation__kind=Presentation.Kind.MAIN,
        )
        .select_related("presentation__session")
        .order_by("presentation__session_id")
    )
    counting, unfinished = Counting(document), Plan.of(study).leave_out_unfinished
    said = [_said(one, stimulus, counting, unfinished) for one in rows]
    regions = [
        region for one in said if one.counts and one.marked_here for region in one.judgement.regions
    ]
    return Judged(
        stimulus=stimulus,
        said=said,
        overlay=Overlay.of(
            regions,
            image=str(stimulus.number),
            truth=stimulus.truth,
            width_px=stimulus.width_px or 1,
            height_px=stimulus.height_px or 1,
        ),
        corner_x=int(stimulus.figures.get("corner_column", 0)),
        corner_y=int(stimulus.figures.get("corner_row", 0)),
    )


def _said(one: Judgement, stimulus: Stimulus, counting: Counting, unfinished_out: bool) -> Said:
    shown = one.presentation
    session, is_left = shown.session, shown.stimulus_id == stimulus.pk
    decision = one.decision if is_left else OTHER[one.decision]
    finished = session.state == Session.State.FINISHED
    return Said(
        judgement=one,
        decision=decision,
        counts=(finished or not unfinished_out)
        and counting.counts(rater=session.pseudonym, seen_before=one.seen_before is True),
        # Of a pair, regions lie on the image that was called artificial.
        marked_here=shown.other_id is None or decision == Answer.ARTIFICIAL,
    )


def picture_under(found: Judged, *, height: bool) -> Picture | None:
    """What the marks of an image are drawn over; None where it has no such picture."""
    served, pair = found.stimulus.served, found.stimulus.pair
    if not height:
        return (
            Picture(
                png=_bytes(served),
                width_px=found.overlay.width_px,
                height_px=found.overlay.height_px,
            )
            if served
            else None
        )
    if pair is None:
        return None
    return Picture(
        png=_bytes(pair.height),
        width_px=pair.width_px,
        height_px=pair.height_px,
        corner_x=found.corner_x,
        corner_y=found.corner_y,
    )


def _bytes(stored: StoredFile) -> bytes:
    with file_open(stored) as stream:
        return stream.read()
