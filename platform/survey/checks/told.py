"""Images whose truth somebody may know already: told by a closed study, or by the game."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from survey.models import State, Stimulus, Study, Use


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthTold:
    """Sentences; the game tells everybody who plays, a closed study whoever looks it up."""

    by_game: list[str]
    by_studies: list[str]


def told_images(stimuli: Sequence[Stimulus], *, study: Study) -> TruthTold:
    """Look for the same files among what raters or players were told the truth of."""
    sources = {one.source_id for one in stimuli if one.use == Stimulus.Use.MAIN}
    same = (
        Stimulus.objects.filter(
            Q(study__use=Use.GAME, study__state__in=(State.OPEN, State.CLOSED))
            | Q(study__state=State.CLOSED),
            source__in=sources,
        )
        .exclude(study=study)
        .exclude(use=Stimulus.Use.ATTENTION)
    )
    found: dict[tuple[str, str], set[str]] = {}
    for use, name, source in same.values_list("study__use", "study__name", "source"):
        found.setdefault((use, name), set()).add(source)
    told = TruthTold(by_game=[], by_studies=[])
    for (use, name), known in sorted(found.items()):
        images = f"{len(known)} image{'' if len(known) == 1 else 's'}"
        if use == Use.GAME:
            told.by_game.append(
                f"“{name}” tells its players the truth of {images} of it; take others."
            )
        else:
            told.by_studies.append(
                f"The truth of {images} of it is public since “{name}” has closed. Who took part "
                "there, or looks it up, may know."
            )
    return told
