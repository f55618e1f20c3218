"""Studies as organisers and colleagues see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from core.access import OwnedQuerySet
from survey.models import Invitation, Protocol, Session, Study, Use
from survey.protocol import Settings
from survey.selectors.progress import Counts, counts_of, raters_of

MOST = 500  # rows of a table on a page


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
    """How far a study is; lists hold the latest `MOST`, counts are of all."""

    counts: Counts
    sessions: list[Session]
    invitations: list[Invitation]
    links: int


def progress_of(*, study: Study) -> Progress:
    return Progress(
        counts=counts_of(study=study),
        sessions=list(raters_of(study).order_by("-last_seen_at")[:MOST]),
        invitations=list(study.invitations.order_by("-pk")[:MOST]),
        links=study.invitations.count(),
    )
