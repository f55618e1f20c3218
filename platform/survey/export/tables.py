"""The rows of a closed study's tables, in the order of `survey.export.columns`."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from core.cells import safe_cell
from survey.export.columns import ANSWERS, EVENTS, IMAGES, RATERS, Column
from survey.models import Event, Judgement, Presentation, Session, Study
from survey.plan import Plan
from survey.protocol import Settings
from survey.selectors.results import require_closed, result_sessions

Row = list[Any]
_NOT_ANSWERED: Row = [None] * 13


def answer_rows(*, study: Study) -> Iterator[Row]:
    """One row a presentation, unanswered ones included."""
    require_closed(study)
    # Of the few sessions and images there is one object each, not one a row.
    sessions = {one.pk: one for one in result_sessions(study)}
    stimuli = {one.pk: one for one in study.stimuli.all()}
    shown = (
        Presentation.objects.filter(session__in=result_sessions(study))
        .select_related("judgement")
        .order_by("session_id", "position")
    )
    grouping = _grouping(study)
    leave_out = Plan.of(study).leave_out_unfinished
    for one in shown.iterator(chunk_size=1000):
        session, stimulus = sessions[one.session_id], stimuli[one.stimulus_id]
        other = stimuli[one.other_id] if one.other_id else None
        left = leave_out and session.state != Session.State.FINISHED
        said: Judgement | None = getattr(one, "judgement", None)
        yield [
            session.pseudonym,
            session.state,
            int(session.saw_images_possible),
            int(left),
            "did not finish" if left else "",
            str(session.background.get(grouping, "")) if grouping else "",
            one.position,
            one.kind,
            stimulus.number,
            other.number if other else None,
            stimulus.truth,
            stimulus.arm or (other.arm if other else ""),
            stimulus.source_name,
            *(_said(said, stimulus.truth) if said else _NOT_ANSWERED),
            _moment(said.shown_at if said else None),
            _moment(said.answered_at if said else None),
        ]


def _grouping(study: Study) -> str:
    """The question by which raters are told apart."""
    asked = Settings.of(study).expertise_question
    return asked.key if asked else ""


def _said(said: Judgement, truth: str) -> Row:
    return [
        said.decision,
        said.confidence,
        int(said.decision == truth),
        said.response_ms,
        said.confirm_ms,
        said.changes,
        said.hidden_ms,
        said.exposure_ms,
        sum(at > 0 for at, _ in said.zooms),
        int(said.slipped_at is not None),
        None if said.seen_before is None else int(said.seen_before),
        said.reason,
        json.dumps(said.regions) if said.regions else "",
    ]


def rater_rows(*, study: Study) -> Iterator[Row]:
    require_closed(study)
    for session in result_sessions(study):
        yield [
            session.pseudonym,
            session.state,
            session.number,
            int(session.artificial_on_left),
            int(session.saw_images_possible),
            session.screen.get("width"),
            session.screen.get("height"),
            session.screen.get("ratio"),
            session.afterthoughts.get("share"),
            json.dumps(session.background, ensure_ascii=False) if session.background else "",
        ]


def image_rows(*, study: Study) -> Iterator[Row]:
    require_closed(study)
    for one in study.stimuli.select_related("image").order_by("number"):
        yield [
            one.number,
            one.use,
            one.truth,
            one.arm,
            one.match,
            one.image.material if one.image else "",
            one.image.shape if one.image else "",
            one.source_name,
            one.source_id,
            one.served_id,
            int(one.trained_on),
            one.width_px,
            one.height_px,
        ]


def event_rows(*, study: Study) -> Iterator[Row]:
    require_closed(study)
    events = (
        Event.objects.filter(session__in=result_sessions(study))
        .select_related("session", "presentation__judgement")
        .order_by("session_id", "pk")
    )
    for event in events.iterator(chunk_size=1000):
        place = event.presentation.position if event.presentation else None
        yield [event.session.pseudonym, place, _moment(event.at), event.kind, _details(event)]


def _details(event: Event) -> str:
    told = dict(event.details)
    if event.kind == "answered" and event.presentation is not None:
        said: Judgement | None = getattr(event.presentation, "judgement", None)
        told |= {"zooms": said.zooms} if said and said.zooms else {}
    return json.dumps(told, ensure_ascii=False, sort_keys=True) if told else ""


ROWS: dict[str, tuple[tuple[Column, ...], Callable[..., Iterator[Row]]]] = {
    "answers": (ANSWERS, answer_rows),
    "raters": (RATERS, rater_rows),
    "images": (IMAGES, image_rows),
    "events": (EVENTS, event_rows),
}


def csv_lines(columns: tuple[Column, ...], rows: Iterable[Row]) -> Iterator[str]:
    """The table as CSV, a line at a time; no text in it is taken for a formula."""
    yield _line([column.name for column in columns])
    for row in rows:
        yield _line([safe_cell(value) for value in row])


def csv_text(*, study: Study, table: str) -> str:
    columns, rows = ROWS[table]
    return "".join(csv_lines(columns, rows(study=study)))


def _line(row: Row) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(row)
    return line.getvalue()


def _moment(value: Any) -> str | None:
    return value.isoformat(timespec="milliseconds") if value else None
