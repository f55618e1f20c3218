"""Studies as organisers and colleagues see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from core.access import OwnedQuerySet
from survey.models import Invitation, Protocol, Session, Study, Use
from survey.protocol import Settings


def frozen_by_code(*, code: str) -> Protocol | None:
    """The frozen protocol of a study that was opened, the game's left out; for anybody."""
    frozen = Protocol.objects.filter(study__code=code, study__use=Use.STUDY)
    return frozen.exclude(commitment="").select_related("study").order_by("-version").first()


def sees_results(*, study: Study, user: Any) -> bool:
    """Of somebody who sees the study: whether its results are for them, once it has closed."""
    return Settings.of(study).results_for == "members" or study.may_be_changed_by(user)


def studies_visible(*, user: Any) -> OwnedQuerySet:
    return Study.objects.visible_to(user)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Images of one kind and arm."""

    truth: str
    arm: str
    count: int


def chosen_counts(*, study: Study) -> list[Chosen]:
    rows = (
        study.stimuli.values_list("truth", "arm")
        .annotate(count=Count("pk"))
        .order_by("-truth", "arm")
    )
    return [Chosen(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a study is, in counts: nothing here tells an answer."""

    sessions: list[Session]
    finished: int
    started: int
    withdrawn: int
    answers: int
    invitations: list[Invitation]


def progress_of(*, study: Study) -> Progress:
    raters = study.sessions.filter(kind=Session.Kind.RATER)
    counts = raters.aggregate(
        finished=Count("pk", filter=Q(state=Session.State.FINISHED)),
        started=Count("pk", filter=Q(state=Session.State.STARTED)),
        withdrawn=Count("pk", filter=Q(state=Session.State.WITHDRAWN)),
    )
    sessions = list(raters.order_by("-last_seen_at")[:500])
    return Progress(
        sessions=sessions,
        answers=sum(session.answered for session in sessions),
        invitations=list(study.invitations.order_by("-pk")[:500]),
        **counts,
    )
