"""By which question raters are compared is the study's choice, made before it opens."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse

from survey import services
from survey.export.tables import csv_text
from survey.models import Session, Study
from survey.protocol import QUESTIONS, Question, Settings, document_of, settings_json
from tests.web.survey.closing import analysed
from tests.web.survey.makers import enter, finish, make_draft, make_open

pytestmark = pytest.mark.django_db

FIELD = Question(key="field", text="Your field?", kind="text")


def form_of(client: Client, study: Study) -> dict[str, object]:
    form = client.get(reverse("survey:edit", args=[study.pk])).context["form"]
    data = {field.html_name: field.value() for field in form}
    kept = {name: one for name, one in data.items() if isinstance(one, str | int | float)}
    return {name: one for name, one in kept.items() if one is not False}


def saved(study: Study, **fields: object) -> str:
    """Save the form with these fields; what the page says of it, empty where it was saved."""
    client = Client()
    client.force_login(study.owner)
    answer = client.post(reverse("survey:edit", args=[study.pk]), form_of(client, study) | fields)
    study.refresh_from_db()
    return "" if answer.status_code == 302 else answer.content.decode()


def test_the_first_question_with_a_choice_is_taken_unless_another_is_chosen() -> None:
    first = Settings(questions=(FIELD, *QUESTIONS)).expertise_question
    assert first == QUESTIONS[0]
    chosen = Settings(expertise="particles").expertise_question
    assert chosen == QUESTIONS[1]
    # One that is no longer asked, or gives no choice, tells nobody apart.
    assert Settings(expertise="gone").expertise_question == QUESTIONS[0]
    assert Settings(questions=(FIELD,), expertise="field").expertise_question is None


def test_it_is_chosen_by_its_number_and_kept_where_questions_change_their_places() -> None:
    study = make_draft()
    assert saved(study, expertise="2") == ""
    assert Settings.of(study).expertise == "particles"
    client = Client()
    client.force_login(study.owner)
    data = form_of(client, study)
    assert data["expertise"] == 2
    lines = str(data["questions"]).splitlines()
    assert saved(study, questions="\n".join(reversed(lines)), expertise="2") == ""
    assert saved(study, questions="\n".join(reversed(lines)), expertise="") == ""
    assert Settings.of(study).expertise == ""


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"expertise": "4"}, "There are only 3 questions."),
        (
            {"expertise": "1", "questions": "Your field? | (text)"},
            "“Your field?” has no answers to choose from",
        ),
    ],
)
def test_a_question_that_tells_nobody_apart_is_refused(
    fields: dict[str, object], said: str
) -> None:
    study = make_draft()
    assert said in saved(study, **fields)
    assert Settings.of(study).expertise == ""


def test_the_choice_is_frozen_and_decides_the_column_and_the_words_of_the_report() -> None:
    study = make_open(settings=Settings(expertise="particles"))
    assert document_of(study)["settings"]["expertise"] == "particles"
    for answer in ("Never", "Monthly"):
        client, session = enter(study)
        Session.objects.filter(pk=session.pk).update(
            background={"experience": "1 to 5 years", "particles": answer}
        )
        finish(client, study)
    services.study_close(study=study, by=study.owner)
    rows = csv.DictReader(io.StringIO(csv_text(study=study, table="answers")))
    assert {row["expertise"] for row in rows} == {"Never", "Monthly"}
    analysis = analysed(study)
    assert analysis.figures["options"]["expertise_question"] == QUESTIONS[1].text
    client = Client()
    client.force_login(study.owner)
    page = client.get(reverse("survey:results", args=[study.pk])).content.decode()
    assert f"answers to the question “{QUESTIONS[1].text}”" in page
    assert "Said: Monthly" in page


def test_a_study_that_was_frozen_before_there_was_a_choice_is_still_as_promised() -> None:
    from survey.frozen import deviations

    study = make_draft()
    before = document_of(study)
    del before["settings"]["expertise"]
    assert settings_json(Settings.of(study))["expertise"] == ""
    assert deviations(before, document_of(study)) == []
