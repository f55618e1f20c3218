"""Results of a study that has closed; before, nobody gets them, its owner neither."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from survey.errors import StudyRefused
from survey.models import Answer, Presentation, Session, State, Study
from survey.statistics import sdt, sentences
from survey.statistics.sdt import Counts
from survey.statistics.undefined import Figure

CLOSED_UNTIL_THE_END = "Results stay closed until the study is."


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The figures of one rater, or of several together."""

    name: str
    counts: Counts
    finished: bool = True
    saw_images_possible: bool = False

    @property
    def hit_rate(self) -> Figure:
        return sdt.hit_rate(self.counts)

    @property
    def false_alarm_rate(self) -> Figure:
        return sdt.false_alarm_rate(self.counts)

    @property
    def accuracy(self) -> Figure:
        return sdt.accuracy(self.counts)

    @property
    def balanced_accuracy(self) -> Figure:
        return sdt.balanced_accuracy(self.counts)

    @property
    def d_prime(self) -> Figure:
        return sdt.d_prime(self.counts)

    @property
    def criterion(self) -> Figure:
        return sdt.criterion(self.counts)

    @property
    def counted(self) -> bool:
        """In the figures of all: finished, and could not know the images."""
        return self.finished and not self.saw_images_possible


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    raters: list[Row]
    pooled: Row  # over the raters that count
    everybody: Row  # with those left out
    sentences: list[str]

    @property
    def left_out(self) -> list[Row]:
        return [row for row in self.raters if not row.counted]


def results_of(*, study: Study) -> Results:
    require_closed(study)
    judged = _judged(study)
    raters = [
        Row(
            name=session.pseudonym,
            counts=sdt.count(judged[session.pk]),
            finished=session.state == Session.State.FINISHED,
            saw_images_possible=session.saw_images_possible,
        )
        for session in result_sessions(study)
        if judged[session.pk]
    ]
    pooled = Row(
        name="All that count", counts=sum((r.counts for r in raters if r.counted), Counts())
    )
    everybody = Row(name="Everybody", counts=sum((r.counts for r in raters), Counts()))
    told = [
        sentences.fooled(pooled.counts),
        sentences.told_apart(pooled.counts, who="the raters together"),
        sentences.leaned(pooled.counts, who="they"),
    ]
    return Results(raters=raters, pooled=pooled, everybody=everybody, sentences=told)


def result_sessions(study: Study) -> Any:
    """Those whose answers are results: raters who did not withdraw; previews and games never."""
    return (
        study.sessions.filter(kind=Session.Kind.RATER)
        .exclude(state=Session.State.WITHDRAWN)
        .order_by("pk")
    )


def _judged(study: Study) -> dict[int, list[tuple[bool, bool]]]:
    """By session: (is artificial, was called artificial) of each image judged."""
    found: dict[int, list[tuple[bool, bool]]] = defaultdict(list)
    rows = Presentation.objects.filter(
        session__in=result_sessions(study), kind=Presentation.Kind.MAIN, judgement__isnull=False
    ).values_list("session_id", "stimulus__truth", "judgement__decision")
    for session, truth, decision in rows.iterator():
        found[session].append((truth == Answer.ARTIFICIAL, decision == Answer.ARTIFICIAL))
    return found


def require_closed(study: Study) -> None:
    if study.state != State.CLOSED:
        raise StudyRefused(CLOSED_UNTIL_THE_END)
