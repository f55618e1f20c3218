"""One rater's own result: for them only, and only when it is allowed."""

from __future__ import annotations

from dataclasses import dataclass

from survey.models import Answer, Presentation, Session
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
        told_apart=sentences.told_apart(counts, who="you", verb="told"),
        leaned=sentences.leaned(counts, who="you"),
    )


def shown_in(*, session: Session) -> list[Shown]:
    rows = session.presentations.filter(judgement__isnull=False).order_by("position")
    return [
        Shown(*row)
        for row in rows.values_list("token", "position", "stimulus__truth", "judgement__decision")
    ]
