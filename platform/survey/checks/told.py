"""Images whose truth somebody is told: by a game, by practice, or by a study that has closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from survey.models import State, Stimulus, Study, Use


@dataclass(slots=True, kw_only=True)
class TruthTold:
    """Sentences. The game and practice tell at once, a closed study whoever looks it up."""

    refused: list[str] = field(default_factory=list)
    by_studies: list[str] = field(default_factory=list)


def told_images(stimuli: Sequence[Stimulus], *, study: Study) -> TruthTold:
    """Look for the same files among what raters or players are told the truth of."""
    judged = {one.source_id for one in stimuli if one.use == Stimulus.Use.MAIN}
    same = _elsewhere(judged, study).filter(
        Q(study__use=Use.GAME, study__state__in=(State.OPEN, State.CLOSED))
        | Q(study__state=State.CLOSED)
        | Q(study__state=State.OPEN, use=Stimulus.Use.PRACTICE)
    )
    found: dict[tuple[str, str, str], set[str]] = {}
    columns = ("study__use", "study__state", "study__name", "source")
    for use, state, name, source in same.values_list(*columns):
        found.setdefault((use, state, name), set()).add(source)
    told = TruthTold()
    for (use, state, name), known in sorted(found.items()):
        images = _images(len(known))
        if use == Use.GAME:
            told.refused.append(
                f"“{name}” tells its players the truth of {images} of it; take others."
            )
        elif state == State.OPEN:
            told.refused.append(
                f"Practice in “{name}” tells its raters the truth of {images} of it; take others."
            )
        else:
            told.by_studies.append(
                f"The truth of {images} of it is public since “{name}” has closed. Who took part "
                "there, or looks it up, may know."
            )
    return told


def would_tell(stimuli: Sequence[Stimulus], *, study: Study) -> list[str]:
    """What this study or game would tell the truth of, while another study still asks for it."""
    told = {
        one.source_id
        for one in stimuli
        if study.use == Use.GAME or one.use == Stimulus.Use.PRACTICE
    }
    count = _still_asked(told, study)
    if not count:
        return []
    players = "players" if study.use == Use.GAME else "raters, in practice,"
    return [
        f"It would tell its {players} the truth of {_images(count)} that a study still asks for; "
        "take others, or wait until that study has closed."
    ]


def told_by_closing(*, study: Study) -> str:
    """What the closing of an open study would make public too early; empty: nothing."""
    count = _still_asked(set(study.stimuli.values_list("source", flat=True)), study)
    if not count:
        return ""
    return (
        f"Closing makes public the truth of {_images(count)} that another study still asks for. "
        "Let that one close first."
    )


def _still_asked(sources: set[str | None], study: Study) -> int:
    """How many of these files raters of other studies judge just now."""
    asked = _elsewhere(sources, study).filter(
        study__use=Use.STUDY, study__state=State.OPEN, use=Stimulus.Use.MAIN
    )
    return int(asked.values("source").distinct().count())


def _elsewhere(sources: set[str | None], study: Study) -> QuerySet[Stimulus]:
    """The same files in other studies; attention items have none."""
    return Stimulus.objects.filter(source__in=sources - {None}).exclude(study=study)


def _images(count: int) -> str:
    return f"{count} image{'' if count == 1 else 's'}"
