"""Studies in the lineage of images and runs.

Whoever might still be asked must not learn here that an image is in a study, nor what it is: of a
study that is not closed, only those are told who may see its key, its owner and administrators.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from catalog.models import Image
from runs import lineage
from runs.models import Pair, Run
from runs.nodes import Branch, Node
from survey.models import (
    Answer,
    Judgement,
    Presentation,
    Session,
    State,
    Stimulus,
    Study,
    Use,
)
from survey.selectors.studies import sees_results

if TYPE_CHECKING:
    from runs.lineage_hooks import Thing
    from runs.lineage_walk import Walk

MOST = 50  # studies of one thing


def register() -> None:
    lineage.register("study", below=judged_in)


def judged_in(thing: Thing, walk: Walk) -> Iterator[Branch]:
    """The studies that show an image, or an artificial image of a run."""
    shown, user = _shown(thing), walk.user
    if shown is None:
        return
    told = Q(state=State.CLOSED) | (Q() if user.is_superuser else Q(owner=user))
    studies = Study.objects.visible_to(user).filter(told, use=Use.STUDY)
    for study in studies.filter(stimuli__in=shown).distinct().order_by("pk")[:MOST]:
        yield Branch(node=_node(study, shown.filter(study=study), user), how="judged in")


def _shown(thing: Thing) -> QuerySet[Stimulus] | None:
    """The images of studies that are this image, or that this run made."""
    if isinstance(thing, Run):
        return Stimulus.objects.filter(Q(pair__run=thing) | Q(image__origin__run=thing))
    if isinstance(thing, Pair):
        return Stimulus.objects.filter(Q(pair=thing) | Q(image__origin__pair=thing))
    if not isinstance(thing, Image):
        return None
    same = Q(image=thing)
    pair = getattr(getattr(thing, "origin", None), "pair_id", None)
    return Stimulus.objects.filter(same if pair is None else same | Q(pair=pair))


def _node(study: Study, shown: QuerySet[Stimulus], user: Any) -> Node:
    closed = study.state == State.CLOSED and sees_results(study=study, user=user)
    return Node(
        key=f"study:{study.pk}",
        kind="study",
        title=f"Study {study.name}",
        address=reverse("survey:results" if closed else "survey:study", args=[study.pk]),
        facts=_facts(study, shown) if closed else {},
    )


def _facts(study: Study, shown: QuerySet[Stimulus]) -> dict[str, Any]:
    """How often it was judged, by raters who did not withdraw, and what they took it for."""
    answers = Judgement.objects.filter(
        presentation__stimulus__in=shown,
        presentation__kind=Presentation.Kind.MAIN,
        presentation__other=None,  # of a pair an answer is about both
        presentation__session__kind=Session.Kind.RATER,
    ).exclude(presentation__session__state=Session.State.WITHDRAWN)
    judged = answers.count()
    said = answers.filter(decision=Answer.ARTIFICIAL).count()
    return {
        "state": study.state,
        "seed": study.seed,
        "judgements": judged,
        "called_artificial": round(said / judged, 4) if judged else None,
    }
