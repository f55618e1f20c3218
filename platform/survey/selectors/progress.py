"""How far the raters of a study are, counted by the database over all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from survey.models import Session, State, Study

AWAY = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Of raters, and of their answers; practice is not counted. Nothing here tells an answer."""

    started: int
    finished: int
    withdrawn: int
    away: int
    answers: int

    @property
    def began(self) -> int:
        return self.started + self.finished + self.withdrawn


def raters_of(study: Study) -> QuerySet[Session]:
    return study.sessions.filter(kind=Session.Kind.RATER)


def counts_of(*, study: Study) -> Counts:
    states = {
        name: Count("pk", filter=Q(state=state))
        for name, state in (
            ("started", Session.State.STARTED),
            ("finished", Session.State.FINISHED),
            ("withdrawn", Session.State.WITHDRAWN),
        )
    }
    answers = Coalesce(Sum(Greatest(F("answered") - F("practice"), 0)), 0)
    away = Count("pk", filter=_away(timezone.now())) if study.state == State.OPEN else None
    found = raters_of(study).aggregate(
        **states, answers=answers, **({"away": away} if away is not None else {})
    )
    return Counts(**{"away": 0, **found})


def stopped_of(*, study: Study) -> list[tuple[str, int]]:
    """Before which image raters went away from an open study, and how many before each."""
    if study.state != State.OPEN:
        return []
    places = (
        raters_of(study)
        .filter(_away(timezone.now()))
        .values_list("answered", "practice")
        .annotate(raters=Count("pk"))
    )
    found: dict[tuple[bool, int], int] = {}
    for answered, practice, raters in places:
        is_main = answered >= practice
        place = (is_main, answered - practice * is_main + 1)
        found[place] = found.get(place, 0) + raters
    return [
        (f"{'' if is_main else 'practice '}image {number}", raters)
        for (is_main, number), raters in sorted(found.items())
    ]


def is_away(session: Session, study: Study, now: datetime) -> bool:
    """As `_away` has it, of a session that was read."""
    gone = now - session.last_seen_at > AWAY
    return study.state == State.OPEN and session.state == Session.State.STARTED and gone


def _away(now: datetime) -> Q:
    return Q(state=Session.State.STARTED, last_seen_at__lt=now - AWAY)
