"""Images whose truth somebody is told: by a game, by practice, or by a study that has closed."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from survey.models import State, Stimulus, Study, Use
from survey.same_image import faces_of, same_images


@dataclass(slots=True, kw_only=True)
class TruthTold:
    """Sentences. The game and practice tell at once, a closed study whoever looks it up."""

    refused: list[str] = field(default_factory=list)
    by_studies: list[str] = field(default_factory=list)


def told_images(*, study: Study) -> TruthTold:
    """Look for the same images among what raters or players are told the truth of."""
    telling = _elsewhere(study).filter(
        Q(study__use=Use.GAME, study__state__in=(State.OPEN, State.CLOSED))
        | Q(study__state=State.CLOSED)
        | Q(study__state=State.OPEN, use=Stimulus.Use.PRACTICE)
    )
    judged = faces_of(study.stimuli.filter(use=Stimulus.Use.MAIN))
    others = faces_of(telling)
    same = same_images(judged, others)
    by_study: dict[int, set[int]] = {}
    for other in others:
        if other.key in same:
            by_study.setdefault(other.study, set()).update(same[other.key])
    named = Study.objects.filter(pk__in=by_study).values_list("pk", "use", "state", "name")
    found: dict[tuple[str, str, str], set[int]] = {}
    for key, *of_study in named if by_study else ():
        found.setdefault((of_study[0], of_study[1], of_study[2]), set()).update(by_study[key])
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


def would_tell(*, study: Study) -> list[str]:
    """What this study or game would tell the truth of, while another study still asks for it."""
    told = study.stimuli.all()
    if study.use != Use.GAME:
        told = told.filter(use=Stimulus.Use.PRACTICE)
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
    count = _still_asked(study.stimuli.all(), study)
    if not count:
        return ""
    return (
        f"Closing makes public the truth of {_images(count)} that another study still asks for. "
        "Let that one close first."
    )


def _still_asked(stimuli: QuerySet[Stimulus], study: Study) -> int:
    """How many of these images raters of other studies judge just now."""
    told = faces_of(stimuli)
    if not told:
        return 0
    asked = _elsewhere(study).filter(
        study__use=Use.STUDY, study__state=State.OPEN, use=Stimulus.Use.MAIN
    )
    return len(set().union(*same_images(told, faces_of(asked)).values()))


def _elsewhere(study: Study) -> QuerySet[Stimulus]:
    return Stimulus.objects.exclude(study=study)


def _images(count: int) -> str:
    return f"{count} image{'' if count == 1 else 's'}"
