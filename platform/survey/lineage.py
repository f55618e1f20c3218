"""Studies in the lineage of images and runs.

Whoever might still be asked must not learn here that an image is in a study, nor what it is: of a
study that is not closed, only its owner is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.urls import reverse

from catalog.models import Image, Version
from runs import lineage
from runs.models import Run
from runs.nodes import Node
from survey.models import State, Study, Use

MOST = 50  # studies of one thing


def register() -> None:
    lineage.register("study", hung_on)


def hung_on(thing: Run | Version | Image, user: Any) -> Iterator[tuple[str, Node]]:
    """The studies that show an image, or an artificial image of a run."""
    if isinstance(thing, Image):
        shown = Q(stimuli__image=thing)
        pair = getattr(getattr(thing, "origin", None), "pair_id", None)
        if pair is not None:
            shown |= Q(stimuli__pair=pair)
    elif isinstance(thing, Run):
        shown = Q(stimuli__pair__run=thing)
    else:
        return
    told = Q(state=State.CLOSED) | Q(owner=user)
    studies = Study.objects.visible_to(user).filter(told, shown, use=Use.STUDY)
    for study in studies.distinct().order_by("pk")[:MOST]:
        yield "judged in", _node(study)


def _node(study: Study) -> Node:
    page = "survey:results" if study.state == State.CLOSED else "survey:study"
    return Node(
        key=f"study:{study.pk}",
        kind="study",
        title=f"Study {study.name}",
        address=reverse(page, args=[study.pk]),
        facts={"state": study.state, "seed": study.seed} if study.state == State.CLOSED else {},
    )
