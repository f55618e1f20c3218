"""One rater's own result: for them only, and only when it is allowed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.cells import safe_cell
from survey.models import Answer, Invitation, Judgement, Presentation, Session, State
from survey.protocol import Settings
from survey.selectors.knowing import MAY_KNOW
from survey.statistics import sdt, sentences
from survey.statistics.undefined import Figure

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Score:
    right: int
    total: int
    d_prime: Figure
    criterion: Figure
    told_apart: str
    leaned: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One image of a game that is over."""

    token: str
    position: int
    truth: str
    decision: str

    @property
    def is_right(self) -> bool:
        return self.truth == self.decision


def may_see_score(*, session: Session) -> bool:
    """After the closing only, and where the protocol allows it."""
    return (
        session.study.state == State.CLOSED
        and session.answered_main > 0
        and session.state != Session.State.WITHDRAWN
        and Settings.of(session.study).own_score
    )


_ANSWER_COLUMNS = (
    "image", "practice", "decision", "confidence", "response_ms", "confirm_ms", "changes",
    "hidden_ms", "zooms", "exposure_ms", "reason", "regions", "seen_before", "slip", "shown_at",
    "answered_at",
)  # fmt: skip


def answers_table(*, session: Session) -> tuple[list[str], list[list[Any]]]:
    """The rater's answers; with the truth where they may see their score.

    Which image was an attention item or shown before is not told: others may still take part.
    """
    with_truth = may_see_score(session=session)
    rows = [
        [*_answer(one), *([one.presentation.stimulus.truth] * with_truth)] for one in _said(session)
    ]
    return [*_ANSWER_COLUMNS, *(["truth"] * with_truth)], rows


def _said(session: Session) -> QuerySet[Judgement]:
    return (
        Judgement.objects.filter(presentation__session=session)
        .select_related("presentation__stimulus")
        .order_by("presentation__position")
    )


def _answer(said: Judgement) -> list[Any]:
    return [
        said.presentation.position,
        int(said.presentation.kind == Presentation.Kind.PRACTICE),
        said.decision,
        said.confidence,
        said.response_ms,
        said.confirm_ms,
        said.changes,
        said.hidden_ms,
        sum(at > 0 for at, _ in said.zooms),
        said.exposure_ms,
        safe_cell(said.reason),
        json.dumps(said.regions) if said.regions else "",
        said.seen_before,
        said.slipped_at is not None,
        said.shown_at.isoformat() if said.shown_at else None,
        said.answered_at.isoformat(),
    ]


def everything_of(*, session: Session) -> dict[str, Any]:
    """All that is stored of one rater, for them.

    Of an open study without what tells how many of its images they could see elsewhere: that
    counts how many images it has, and may lead to them. It is in here after the closing.
    """
    moments = (
        "consented_at",
        "background_at",
        "begun_at",
        "afterthoughts_at",
        "finished_at",
        "last_seen_at",
        "erased_at",
    )
    personal = session.invitation
    if personal is not None and personal.kind != Invitation.Kind.PERSONAL:
        personal = None  # the note on an open link is about nobody
    return {
        "pseudonym": session.pseudonym,
        "number": session.number,
        "state": session.state,
        "account": session.rater.get_username() if session.rater else None,
        "by_a_link": session.invitation_id is not None,
        "note_on_your_link": personal.label if personal else None,
        "could_see_images_elsewhere": session.saw_images_possible,
        "artificial_on_left": session.artificial_on_left,
        "browser": session.user_agent,
        "screen": session.screen,
        "background": session.background,
        "afterthoughts": session.afterthoughts,
        **{name: getattr(session, name) for name in moments},
        "images": {"practice": session.practice, "all": session.total, "done": session.answered},
        "answers": _answers_in_full(session),
        "served": list(
            session.presentations.exclude(served_at=None)
            .order_by("position")
            .values("position", "served_at")
        ),
        "events": _events(session),
    }


def _answers_in_full(session: Session) -> list[dict[str, Any]]:
    """As in the table, with all times, zooms and marks as they are stored."""
    with_truth = may_see_score(session=session)
    return [
        {
            "image": one.presentation.position,
            "practice": one.presentation.kind == Presentation.Kind.PRACTICE,
            **{name: getattr(one, name) for name in _STORED},
            **({"truth": one.presentation.stimulus.truth} if with_truth else {}),
        }
        for one in _said(session)
    ]


_STORED = (
    "decision", "confidence", "shown_at", "response_ms", "confirm_ms", "answered_at", "changes",
    "hidden_ms", "exposure_ms", "zooms", "reason", "regions", "seen_before", "slipped_at",
    "client_id", "payload_sha256",
)  # fmt: skip


def _events(session: Session) -> list[dict[str, Any]]:
    events = session.events.order_by("pk")
    if session.study.state != State.CLOSED:
        events = events.exclude(kind=MAY_KNOW)
    rows = events.values_list("at", "kind", "presentation__position", "details")
    return [
        {"at": at, "event": kind, "image": position, "details": details}
        for at, kind, position, details in rows
    ]


def score_of(*, session: Session) -> Score:
    judged = session.presentations.filter(
        kind=Presentation.Kind.MAIN, judgement__isnull=False
    ).values_list("stimulus__truth", "judgement__decision")
    counts = sdt.count(
        (truth == Answer.ARTIFICIAL, decision == Answer.ARTIFICIAL) for truth, decision in judged
    )
    return Score(
        right=counts.hits + counts.correct_rejections,
        total=counts.total,
        d_prime=sdt.d_prime(counts),
        criterion=sdt.criterion(counts),
        told_apart=sentences.told_apart(counts, who="you"),
        leaned=sentences.leaned(counts, who="you"),
    )


def shown_in(*, session: Session) -> list[Shown]:
    rows = session.presentations.filter(judgement__isnull=False).order_by("position")
    return [
        Shown(*row)
        for row in rows.values_list("token", "position", "stimulus__truth", "judgement__decision")
    ]
