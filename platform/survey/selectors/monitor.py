"""How raters of an open study get on, for its organiser: nothing here tells what they answered.

Not one figure depends on which images are real: decisions are only compared with each other, and
with what an attention item asks for.
"""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.utils import timezone
from django.utils.text import get_text_list

from core.cells import safe_cell
from survey.models import Event, Judgement, Presentation, Session, State, Study
from survey.plan import Plan
from survey.selectors.answer_times import Bar, bars_of
from survey.selectors.knowing import WORDS
from survey.services.knowing import MAY_KNOW

MOST = 500  # sessions that a page shows, the latest first
FASTEST_MS = 300  # nobody looks at an image and answers within; a plan may ask for more
FEW_ANSWERS, CONSTANT_FROM = 5, 10
CLOCKS_DIFFER = timedelta(seconds=5)  # between web servers
AWAY, LONG_PAUSE = timedelta(hours=1), timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Flag:
    key: str  # "fast", "constant", "attention", "pause", "unseen", "times", "may-know"
    text: str


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
    answers, known = _answers(sessions), _known(sessions)
    plan, now = Plan.of(study), timezone.now()
    raters = [
        _watched(session, answers[session.pk], plan, now if study.state == State.OPEN else None)
        for session in sessions
    ]
    for one in raters:
        one.flags += _may_know(one.session, known)
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
    return [*flags, *_may_know(session, _known([session]))]


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


@dataclass(frozen=True, slots=True)
class _Answer:
    kind: str
    decision: str
    response_ms: float | None
    at: datetime
    asked: str  # of an attention item: the answer that it asks for; else empty
    served_at: datetime | None  # when the server first sent the image


def _answers(sessions: Sequence[Session]) -> dict[int, list[_Answer]]:
    found: dict[int, list[_Answer]] = defaultdict(list)
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
        found[session].append(_Answer(kind, decision, response_ms, at, asked, served_at))
    return found


def _watched(session: Session, given: list[_Answer], plan: Plan, now: datetime | None) -> Watched:
    judged = [one for one in given if one.kind != Presentation.Kind.ATTENTION]
    times = [one.response_ms for one in judged if one.response_ms is not None]
    found = Watched(session, statistics.median(times) if times else None)
    found.away = (
        now is not None
        and session.state == Session.State.STARTED
        and now - session.last_seen_at > AWAY
    )
    found.flags = list(_flags(given, judged, found.median_ms, plan))
    return found


def _flags(
    given: list[_Answer], judged: list[_Answer], median_ms: float | None, plan: Plan
) -> Iterable[Flag]:
    least_ms = plan.fastest_ms or FASTEST_MS
    if median_ms is not None and len(judged) >= FEW_ANSWERS and median_ms < least_ms:
        yield Flag("fast", f"Fast: half of the answers within {median_ms / 1000:.2g} s")
    if len(judged) >= CONSTANT_FROM and len({one.decision for one in judged}) == 1:
        yield Flag("constant", "Gives one answer to everything")
    asked = [one for one in given if one.asked]
    if failed := sum(one.decision != one.asked for one in asked):
        yield Flag("attention", f"Missed {failed} of {len(asked)} attention items")
    yield from _impossible(given)
    gaps = [after.at - one.at for one, after in pairwise(given)]
    if gaps and max(gaps) >= LONG_PAUSE:
        yield Flag("pause", f"Was away for {max(gaps).total_seconds() / 3600:.1f} h in between")


def _impossible(given: Sequence[_Answer]) -> Iterable[Flag]:
    """What a browser that shows images does not send; the server's own times show it.

    Images are judged one after the other, so all times together fit between the first image that
    was sent and the last answer that came, whatever waited for a network in between.
    """
    if unseen := sum(one.served_at is None for one in given):
        yield Flag("unseen", f"Answered {unseen} of {len(given)} images without fetching them")
    fetched = [one.served_at for one in given if one.served_at is not None]
    told = timedelta(milliseconds=sum(one.response_ms or 0 for one in given))
    if fetched and told > max(one.at for one in given) - min(fetched) + CLOCKS_DIFFER:
        yield Flag("times", "Response times add up to more than the time that it took")


def _known(sessions: Sequence[Session]) -> dict[int, dict[str, Any]]:
    """What the log says last of what a rater could know, by the session."""
    events = Event.objects.filter(session__in=[one.pk for one in sessions], kind=MAY_KNOW)
    return dict(events.order_by("pk").values_list("session_id", "details"))


def _may_know(session: Session, known: Mapping[int, dict[str, Any]]) -> Iterable[Flag]:
    """How many images, and in what they could be seen; nothing that tells who the rater is."""
    if not session.saw_images_possible:
        return
    told = known.get(session.pk)
    if not told:  # of a rater who was erased it is gone
        yield Flag("may-know", "May know the images")
        return
    # Of a study that has closed the ways are forgotten.
    ways = [words for way, words in WORDS.items() if way in told.get("ways", {})]
    yield Flag(
        "may-know",
        f"May know {told['images']} of {told['total']} images"
        + (f", from {get_text_list(ways, 'and')}" if ways else ""),
    )
