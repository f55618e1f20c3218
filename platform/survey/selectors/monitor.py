"""How raters of an open study get on, for its organiser: nothing here tells what they answered.

Not one figure depends on which images are real: decisions are only compared with each other, and
with what an attention item asks for.
"""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from core.cells import safe_cell
from survey.models import Judgement, Presentation, Session, State, Study
from survey.plan import Plan
from survey.selectors.answer_times import Bar, bars_of
from survey.selectors.flags import (
    Flag,
    GivenAnswer,
    flags_of_answers,
    knowledge_noted,
    may_know,
)

MOST = 500  # sessions that a page shows, the latest first
AWAY = timedelta(hours=1)


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

    @property
    def stopped_at(self) -> int:
        return self.session.answered + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    started: int
    finished: int
    withdrawn: int
    away: int
    answers: int
    flagged: int
    raters: list[Watched]
    stopped: list[tuple[int, int]]  # at which image, how many raters
    bars: list[Bar]
    bar_time: str  # that one bar stands for
    since: datetime | None

    @property
    def most(self) -> int:
        return max((bar.count for bar in self.bars), default=0)


def monitor_of(*, study: Study) -> Monitor:
    sessions = list(
        study.sessions.filter(kind=Session.Kind.RATER)
        .select_related("invitation")
        .defer("user_agent", "background", "afterthoughts")
        .order_by("-last_seen_at")[:MOST]
    )
    answers, known = _answers(sessions), knowledge_noted(sessions)
    plan, now = Plan.of(study), timezone.now()
    raters = [
        _watched(session, answers[session.pk], plan, now if study.state == State.OPEN else None)
        for session in sessions
    ]
    for one in raters:
        one.flags += may_know(one.session, known)
    states = Counter(session.state for session in sessions)
    times = sorted(one.at for given in answers.values() for one in given)
    bars, bar_time = bars_of(times, until=study.closed_at or now)
    return Monitor(
        started=states[Session.State.STARTED],
        finished=states[Session.State.FINISHED],
        withdrawn=states[Session.State.WITHDRAWN],
        away=sum(one.away for one in raters),
        answers=len(times),
        flagged=sum(bool(one.flags) for one in raters),
        raters=raters,
        stopped=sorted(Counter(one.stopped_at for one in raters if one.away).items()),
        bars=bars,
        bar_time=bar_time,
        since=times[0] if times else None,
    )


def flags_of(*, session: Session) -> list[Flag]:
    """What is worth a look about one session."""
    given = _answers([session])[session.pk]
    flags = _watched(session, given, Plan.of(session.study), None).flags
    return [*flags, *may_know(session, knowledge_noted([session]))]


COLUMNS = (
    "rater", "state", "answered", "total", "came_by", "began", "last_seen", "finished",
    "median_response_ms", "flags",
)  # fmt: skip


def progress_rows(*, study: Study) -> Iterator[list[Any]]:
    """One row a rater, as the page shows them; the columns are `COLUMNS`."""
    for one in monitor_of(study=study).raters:
        session = one.session
        came_by = session.invitation.get_kind_display() if session.invitation else "an account"
        yield [
            session.pseudonym,
            session.state,
            session.answered,
            session.total,
            safe_cell(came_by),
            session.consented_at.isoformat(timespec="seconds"),
            session.last_seen_at.isoformat(timespec="seconds"),
            session.finished_at.isoformat(timespec="seconds") if session.finished_at else "",
            "" if one.median_ms is None else round(one.median_ms),
            "; ".join(flag.text for flag in one.flags),
        ]


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


def _watched(
    session: Session, given: list[GivenAnswer], plan: Plan, now: datetime | None
) -> Watched:
    judged = [one for one in given if one.kind != Presentation.Kind.ATTENTION]
    times = [one.response_ms for one in judged if one.response_ms is not None]
    found = Watched(session, statistics.median(times) if times else None)
    found.away = (
        now is not None
        and session.state == Session.State.STARTED
        and now - session.last_seen_at > AWAY
    )
    found.flags = list(flags_of_answers(given, judged, found.median_ms, plan))
    return found
