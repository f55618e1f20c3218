"""Taking answers: each once, whatever the network, the browser or a second tab does."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from core.composed import ComposedInsert
from survey.errors import AnswerRefused
from survey.models import Event, Judgement, Presentation, Session, State
from survey.protocol import Settings, sha256_of
from survey.services.sessions import TRIALS

_judgement, _event = ComposedInsert(Judgement), ComposedInsert(Event)

# A rater may be so many images ahead of what has reached us: one shown and two fetched ahead.
AHEAD = 3
AGAIN = ("shown-again", "fetched-again", "answer-repeated", "answer-refused")
MOST_NOTED = 1000  # of these in a session
ENDED = "You have ended this study already."
CLOSED = "The study has closed in the meantime; this answer was not kept."

_COUNT = (
    "UPDATE survey_session SET answered = answered + 1, last_seen_at = %s "
    "WHERE id = %s AND state = %s AND EXISTS (SELECT 1 FROM survey_study "
    "WHERE id = survey_session.study_id AND state IN (%s, %s)) RETURNING answered"
)
_COUNT_WAITING = _COUNT.replace("(%s, %s))", "(%s, %s) FOR KEY SHARE)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """An answer as a browser sends it; times are in ms and by a clock that cannot be set."""

    client_id: UUID
    decision: str
    confidence: int
    response_ms: float | None = None
    confirm_ms: float | None = None
    since_shown_ms: float | None = None  # when it was sent; None after a reload
    changes: int = 0
    hidden_ms: float = 0
    zooms: tuple[tuple[float, float], ...] = ()
    exposure_ms: float | None = None
    reason: str = ""
    regions: tuple[tuple[float, float, float, float], ...] = ()  # x, y, width, height in px
    seen_before: bool | None = None
    blurs: int = 0  # how often the page lost the focus meanwhile
    screen: tuple[float, ...] = ()  # viewport in CSS px, and screen pixels for each of them
    again: bool = False  # it was on this screen before: the page was loaded again

    @property
    def sha256(self) -> str:
        """Over what was answered; not over when it was sent, which differs between tries."""
        said = asdict(self) | {"client_id": str(self.client_id)}
        del said["since_shown_ms"]
        return sha256_of(said)


@dataclass(frozen=True, slots=True)
class Answered:
    judgement: Judgement
    is_new: bool


def answer_take(*, session: Session, presentation: Presentation, payload: Payload) -> Answered:
    """Keep an answer. The same again is accepted; a different one is refused, the first stays."""
    payload = _as_asked(session, payload)
    kept: Judgement | None = getattr(presentation, "judgement", None)
    if kept is None:
        _require_open(session)
        try:
            with transaction.atomic():
                return Answered(_keep(session, presentation, payload), is_new=True)
        except IntegrityError:
            kept = Judgement.objects.filter(presentation=presentation).first()
            if kept is None:  # the id belongs to an answer to another image
                raise AnswerRefused("This answer was given to another image.") from None
    return _compare(session, presentation, payload, kept)


def served_note(*, presentation: Presentation) -> None:
    """Note when an image was first fetched, and in the log when it was fetched again.

    After a reload or in a second browser the image that is judged next was seen before; what had
    only been fetched ahead was not.
    """
    first = Presentation.objects.filter(pk=presentation.pk, served_at=None)
    if presentation.served_at is None and first.update(served_at=timezone.now()):
        return
    session = presentation.session
    if session.state == Session.State.STARTED:
        is_next = presentation.position <= session.answered + 1
        _note_again(session, presentation, "shown-again" if is_next else "fetched-again")


def slip_note(*, session: Session, presentation: Presentation) -> None:
    """Note "that was a slip" of the answer just given; the answer stays as it was."""
    last = session.presentations.filter(judgement__isnull=False).order_by("-position").first()
    if last != presentation or session.study.state != State.OPEN:
        raise AnswerRefused("Only the last answer can be called a slip.")
    if Judgement.objects.filter(presentation=presentation, slipped_at=None).update(
        slipped_at=timezone.now()
    ):
        Event.objects.create(session=session, presentation=presentation, kind="slip")


def _as_asked(session: Session, payload: Payload) -> Payload:
    """Leave out what the protocol does not ask for: nobody agreed that it is stored."""
    asked = Settings.of(session.study)
    return replace(
        payload,
        reason=payload.reason if asked.ask_reason else "",
        regions=payload.regions if asked.ask_region else (),
        seen_before=payload.seen_before if asked.ask_seen else None,
    )


def _require_open(session: Session) -> None:
    if session.state != Session.State.STARTED:
        raise AnswerRefused(ENDED)
    tried_out = session.kind in TRIALS and session.study.state == State.DRAFT
    if not tried_out and session.study.state != State.OPEN:
        raise AnswerRefused(CLOSED)


def _keep(session: Session, presentation: Presentation, payload: Payload) -> Judgement:
    now, shown_at, sha256 = timezone.now(), None, payload.sha256
    if payload.since_shown_ms is not None:
        shown_at = now - timedelta(milliseconds=payload.since_shown_ms)
    judgement: Judgement = _judgement(
        presentation=presentation,
        client_id=payload.client_id,
        decision=payload.decision,
        confidence=payload.confidence,
        shown_at=shown_at,
        response_ms=payload.response_ms,
        confirm_ms=payload.confirm_ms,
        changes=payload.changes,
        hidden_ms=payload.hidden_ms,
        zooms=[list(zoom) for zoom in payload.zooms],
        exposure_ms=payload.exposure_ms,
        reason=payload.reason,
        regions=[list(region) for region in payload.regions],
        seen_before=payload.seen_before,
        payload_sha256=sha256,
    )
    _event(
        session=session,
        presentation=presentation,
        kind="answered",
        details={
            "payload_sha256": sha256,
            "blurs": payload.blurs,
            "screen": list(payload.screen),
            "again": payload.again,
        },
    )
    if _counted(session, now) >= session.total:
        Session.objects.filter(pk=session.pk).update(state=Session.State.FINISHED, finished_at=now)
        Event.objects.create(session=session, kind="finished")
    return judgement


def _counted(session: Session, now: datetime) -> int:
    """Count an answer in the session's row and tell the new count, by one statement.

    The row's lock decides of two tabs which one gave the last answer, and whether somebody who
    withdraws at this very moment had answered before. Whether the study is open is asked here once
    more: on PostgreSQL this waits for a closing that is under way, and a closing for the answers
    that are. Django's `update` cannot return a value.
    """
    states = [State.OPEN.value, State.DRAFT.value if session.kind in TRIALS else State.OPEN.value]
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT_WAITING if connection.vendor == "postgresql" else _COUNT,
            [
                connection.ops.adapt_datetimefield_value(now),
                session.pk,
                Session.State.STARTED.value,
                *states,
            ],
        )
        row = cursor.fetchone()
    if row is None:
        goes_on = Session.objects.filter(pk=session.pk, state=Session.State.STARTED).exists()
        raise AnswerRefused(CLOSED if goes_on else ENDED)
    return int(row[0])


def _note_again(
    session: Session, presentation: Presentation, kind: str, details: dict[str, str] | None = None
) -> None:
    """Note what a browser did once more, so many times: a program could do it without end.

    They are counted for all images together: an image that was asked for more often than another
    must not become the faster one.
    """
    if Event.objects.filter(session=session, kind__in=AGAIN).count() < MOST_NOTED:
        Event.objects.create(
            session=session, presentation=presentation, kind=kind, details=details or {}
        )


def _compare(
    session: Session, presentation: Presentation, payload: Payload, kept: Judgement
) -> Answered:
    same = (kept.decision, kept.confidence) == (payload.decision, payload.confidence)
    if kept.client_id == payload.client_id:
        same = kept.payload_sha256 == payload.sha256
    _note_again(
        session,
        presentation,
        "answer-repeated" if same else "answer-refused",
        {"payload_sha256": payload.sha256, "client_id": str(payload.client_id)},
    )
    if not same:
        raise AnswerRefused("This image has an answer already; the first one was kept.", kept=kept)
    return Answered(kept, is_new=False)
