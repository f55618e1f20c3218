"""How raters of an open study get on, for its organiser: nothing here tells what they answered.

Not one figure depends on which images are real: decisions are only compared with each other, and
with what an attention item asks for.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMinute
from django.utils import timezone

from core.cells import safe_cell
from survey.models import Judgement, Presentation, Session, Study
from survey.plan import Plan
from survey.selectors.answer_times import Bar, bars_of
from survey.selectors.flags import (
    Flag,
    GivenAnswer,
    flags_of_answers,
    knowledge_noted,
    loaded_again,
    may_know,
    shown_again,
)
from survey.selectors.progress import Counts, counts_of, is_away, raters_of, stopped_of

MOST = 500  # sessions that a page shows, the latest first; counts are of all


@dataclass(slots=True)
class Watched:
    """One rater: where they stand, and what is worth a look. Flags leave nobody out."""

    session: Session
    median_ms: float | None = None
    flags: list[Flag] = field(default_factory=list)
    away: bool = False

    @property
    def median_s(self) -> float | None:
        return None if self.median_ms is None else self.median_ms / 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    counts: Counts
    flagged: int  # of those in `raters`
    raters: list[Watched]
    stopped: list[tuple[str, int]]  # before which image, how many raters
    bars: list[Bar]
    bar_time: str  # that one bar stands for
    since: datetime | None

    @property
    def most(self) -> int:
        return max((bar.count for bar in self.bars), default=0)


def monitor_of(*, study: Study) -> Monitor:
    raters = _watched_all(list(_sessions(study)[:MOST]), study)
    minutes = _minutes(study)
    bars, bar_time = bars_of(minutes, until=study.closed_at or timezone.now())
    return Monitor(
        counts=counts_of(study=study),
        flagged=sum(bool(one.flags) for one in raters),
        raters=raters,
        stopped=stopped_of(study=study),
        bars=bars,
        bar_time=bar_time,
        since=minutes[0][0] if minutes else None,
    )


def flags_of(*, session: Session) -> list[Flag]:
    """What is worth a look about one session."""
    return _watched_all([session], session.study)[0].flags


COLUMNS = (
    "rater", "state", "answered", "total", "came_by", "began", "last_seen", "finished",
    "median_response_ms", "flags",
)  # fmt: skip


def progress_rows(*, study: Study) -> Iterator[list[Any]]:
    """One row a rater, of all of them, as the page shows them; the columns are `COLUMNS`."""
    keys = list(_sessions(study).values_list("pk", flat=True))
    for first in range(0, len(keys), MOST):
        part = _sessions(study).filter(pk__in=keys[first : first + MOST])
        for one in _watched_all(list(part), study):
            yield _row(one)


def _row(one: Watched) -> list[Any]:
    session = one.session
    came_by = session.invitation.get_kind_display() if session.invitation else "an account"
    return [
        session.pseudonym,
        session.state,
        session.answered_main,
        session.total_main,
        safe_cell(came_by),
        session.consented_at.isoformat(timespec="seconds"),
        session.last_seen_at.isoformat(timespec="seconds"),
        session.finished_at.isoformat(timespec="seconds") if session.finished_at else "",
        "" if one.median_ms is None else round(one.median_ms),
        "; ".join(flag.text for flag in one.flags),
    ]


def _sessions(study: Study) -> QuerySet[Session]:
    return (
        raters_of(study)
        .select_related("invitation")
        .defer("user_agent", "background", "afterthoughts")
        .order_by("-last_seen_at", "pk")
    )


def _minutes(study: Study) -> list[tuple[datetime, int]]:
    """Answers by the minute, over all raters, in order."""
    return list(
        Judgement.objects.filter(
            presentation__session__study=study,
            presentation__session__kind=Session.Kind.RATER,
        )
        .exclude(presentation__kind=Presentation.Kind.PRACTICE)
        .annotate(minute=TruncMinute("answered_at"))
        .values_list("minute")
        .annotate(count=Count("pk"))
        .order_by("minute")
    )


def _watched_all(sessions: Sequence[Session], study: Study) -> list[Watched]:
    answers, known = _answers(sessions), knowledge_noted(sessions)
    plan, now = Plan.of(study), timezone.now()
    again = loaded_again(sessions)
    found = []
    for session in sessions:
        one = _watched(session, answers[session.pk], plan)
        one.away = is_away(session, study, now)
        one.flags += [*shown_again(again[session.pk]), *may_know(session, known)]
        found.append(one)
    return found


def _answers(sessions: Sequence[Session]) -> dict[int, list[GivenAnswer]]:
    found: dict[int, list[GivenAnswer]] = defaultdict(list)
    rows = (
        Judgement.objects.filter(presentation__session__in=[session.pk for session in sessions])
        .exclude(presentation__kind=Presentation.Kind.PRACTICE)
        .order_by("answered_at")
        .values_list(
            "presentation__session_id",
            "presentation__kind",
            "decision",
            "response_ms",
            "answered_at",
            "presentation__stimulus__truth",
            "presentation__served_at",
        )
    )
    for session, kind, decision, response_ms, at, truth, served_at in rows.iterator(
        chunk_size=5000
    ):
        # The truth of an image goes no further than here.
        asked = truth if kind == Presentation.Kind.ATTENTION else ""
        found[session].append(GivenAnswer(kind, decision, response_ms, at, asked, served_at))
    return found


def _watched(session: Session, given: list[GivenAnswer], plan: Plan) -> Watched:
    judged = [one for one in given if one.kind != Presentation.Kind.ATTENTION]
    times = [one.response_ms for one in judged if one.response_ms is not None]
    found = Watched(session, statistics.median(times) if times else None)
    found.flags = list(flags_of_answers(given, judged, found.median_ms, plan))
    return found
