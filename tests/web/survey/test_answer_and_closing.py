"""An answer that meets the closing: it is in before, or refused; none comes in afterwards."""

from __future__ import annotations

import threading
import uuid

import pytest
from django.db import connection, transaction

from survey import services
from survey.errors import AnswerRefused
from survey.models import Event, Judgement, Presentation, Session, State, Study
from survey.services.answers import CLOSED, Payload
from survey.services.sessions import session_start
from tests.web.survey.makers import enter, make_draft, make_open


def first_of(session: Session) -> Presentation:
    return session.presentations.select_related("session__study", "stimulus").get(position=1)


def answered(presentation: Presentation) -> None:
    sent = Payload(client_id=uuid.uuid4(), decision="real", confidence=2)
    services.answer_take(session=presentation.session, presentation=presentation, payload=sent)


@pytest.mark.django_db
def test_an_answer_read_before_the_closing_and_kept_after_it_is_refused() -> None:
    study = make_open()
    _, session = enter(study)
    presentation = first_of(session)
    services.study_close(study=Study.objects.get(pk=study.pk), by=study.owner)
    assert presentation.session.study.state == State.OPEN, "as the request had read it"
    with pytest.raises(AnswerRefused) as refused:
        answered(presentation)
    assert str(refused.value) == CLOSED
    session.refresh_from_db()
    assert session.answered == 0
    assert not Judgement.objects.filter(presentation__session=session).exists()
    assert not Event.objects.filter(session=session, kind="answered").exists()


@pytest.mark.django_db
def test_a_trial_of_a_draft_is_answered_and_a_rater_of_one_is_not() -> None:
    study = make_draft()
    session, _ = session_start(study=study, kind=Session.Kind.PREVIEW, user=study.owner)
    answered(first_of(session))
    session.refresh_from_db()
    assert session.answered == 1
    study = make_open()
    _, session = enter(study)
    presentation = first_of(session)
    Study.objects.filter(pk=study.pk).update(state=State.DRAFT)
    with pytest.raises(AnswerRefused):
        answered(presentation)


@pytest.mark.django_db(transaction=True)
def test_an_answer_waits_for_a_closing_that_is_under_way_and_is_refused() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer: it waits of itself")
    study = make_open()
    _, session = enter(study)
    presentation = first_of(session)
    told: list[str] = []

    def answer() -> None:
        try:
            answered(presentation)
        except AnswerRefused as refused:
            told.append(str(refused))
        finally:
            connection.close()

    thread = threading.Thread(target=answer)
    with transaction.atomic():
        services.study_close(study=study, by=study.owner)
        thread.start()
        thread.join(1.0)
        assert thread.is_alive(), "it waits"
    thread.join(20)
    assert told == [CLOSED]
    assert not Judgement.objects.filter(presentation=presentation).exists()
