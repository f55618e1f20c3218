"""One rater's own result: for them only, and only when it is allowed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from core.cells import safe_cell
from survey.models import Answer, Judgement, Presentation, Session, State
from survey.protocol import Settings
from survey.statistics import sdt, sentences
from survey.statistics.undefined import Figure


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
        and session.answered > 0
        and session.state != Session.State.WITHDRAWN
        and Settings.of(session.study).own_score
    )


_ANSWER_COLUMNS = (
    "image", "practice", "decision", "confidence", "response_ms", "confirm_ms", "changes",
    "zooms", "exposure_ms", "reason", "regions", "seen_before", "slip", "answered_at",
)  # fmt: skip


def answers_table(*, session: Session) -> tuple[list[str], list[list[Any]]]:
    """The rater's answers; with the truth where they may see their score.

    Which image was an attention item or shown before is not told: others may still take part.
    """
    with_truth = may_see_score(session=session)
    said = (
        Judgement.objects.filter(presentation__session=session)
        .select_related("presentation__stimulus")
        .order_by("presentation__position")
    )
    rows = [[*_answer(one), *([one.presentation.stimulus.truth] * with_truth)] for one in said]
    return [*_ANSWER_COLUMNS, *(["truth"] * with_truth)], rows


def _answer(said: Judgement) -> list[Any]:
    return [
        said.presentation.position,
        int(said.presentation.kind == Presentation.Kind.PRACTICE),
        said.decision,
        said.confidence,
        said.response_ms,
        said.confirm_ms,
        said.changes,
        sum(at > 0 for at, _ in said.zooms),
        said.exposure_ms,
        safe_cell(said.reason),
        json.dumps(said.regions) if said.regions else "",
        said.seen_before,
        said.slipped_at is not None,
        said.answered_at.isoformat(),
    ]


def everything_of(*, session: Session) -> dict[str, Any]:
    """All that is stored of one rater, for them."""
    columns, rows = answers_table(session=session)
    moments = ("consented_at", "background_at", "begun_at", "finished_at", "last_seen_at")
    return {
        "pseudonym": session.pseudonym,
        "state": session.state,
        "account": session.rater.get_username() if session.rater else None,
        "by_a_link": session.invitation_id is not None,
        "could_see_images_elsewhere": session.saw_images_possible,
        "browser": session.user_agent,
        "screen": session.screen,
        "background": session.background,
        "afterthoughts": session.afterthoughts,
        **{name: getattr(session, name) for name in moments},
        "answers": [dict(zip(columns, row, strict=True)) for row in rows],
    }


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
