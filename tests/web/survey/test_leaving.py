"""Questions before and after, coming back, withdrawing, and having one's data erased."""

from __future__ import annotations

import json
import re

import pytest
from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder
from django.test import Client
from django.urls import reverse

from core.models import AuditEntry
from survey import services
from survey.models import Event, Invitation, Judgement, Session, Study
from survey.protocol import Question, Settings
from tests.web.survey.makers import (
    enter,
    finish,
    link_to,
    make_draft,
    make_open,
    payload,
    plan,
    send,
)

pytestmark = pytest.mark.django_db

ASKED = (
    Question(key="years", text="How many years?", kind="number"),
    Question(key="field", text="Which field?", kind="choice", options=("Physics", "Chemistry")),
    Question(key="more", text="What else?", kind="text"),
)


def address(name: str, study: Study) -> str:
    return reverse(f"survey:take-{name}", args=[study.code])


def text_of(client: Client, where: str) -> str:
    return client.get(where, follow=True).content.decode()


def asking(*, practice: int = 0) -> Study:
    study = make_draft(practice=practice)
    services.study_update(study=study, by=study.owner, settings=Settings(questions=ASKED))
    services.study_open(study=study, by=study.owner)
    return study


def consented(study: Study) -> Client:
    client = Client()
    client.get(link_to(study))
    client.post(address("consent", study), {"agreed": "yes"})
    return client


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"q-years": "many"}, "Write a number from 0 to 1000000"),
        ({"q-years": "nan"}, "Write a number from 0"),
        ({"q-field": "Alchemy"}, "Choose one of the answers"),
        ({"q-more": "x" * 501}, "Write at most 500 characters"),
    ],
)
def test_a_wrong_answer_about_oneself_is_told_and_nothing_is_stored(
    wrong: dict[str, str], said: str
) -> None:
    client = consented(study := asking())
    refused = client.post(address("questions", study), wrong | {"q-odd": "1"})
    assert refused.status_code == 422
    assert said in refused.content.decode()
    assert Session.objects.get().background == {}


def test_what_raters_say_of_themselves_is_kept_once_and_all_of_it_is_optional() -> None:
    client = consented(study := asking(practice=2))
    page = text_of(client, address("end", study).removesuffix("end"))
    assert "How many years?" in page
    sent = {"q-years": "4,5", "q-field": "", "q-more": " a lab "}
    client.post(address("questions", study), sent)
    client.post(address("questions", study), {"q-years": "9"})
    assert Session.objects.get().background == {"years": 4.5, "more": "a lab"}
    assert "First some practice" in text_of(client, address("end", study).removesuffix("end"))
    silent = consented(study)
    silent.post(address("questions", study))
    assert "First some practice" in text_of(silent, address("end", study).removesuffix("end"))


def test_the_last_questions_are_asked_once_after_the_last_image() -> None:
    client, session = enter(study := make_open())
    client.post(address("afterthoughts", study), {"q-share": "40"})
    assert "Before you go" not in text_of(client, address("end", study))
    finish(client, study)
    assert "Before you go" in text_of(client, address("end", study))
    refused = client.post(address("afterthoughts", study), {"q-share": "140", "q-remark": "dull"})
    assert refused.status_code == 422
    assert "dull" in refused.content.decode()
    client.post(address("afterthoughts", study), {"q-share": "40 %", "q-remark": "too easy"})
    client.post(address("afterthoughts", study), {"q-share": "50"})
    session.refresh_from_db()
    assert session.afterthoughts == {"share": 40.0, "remark": "too easy"}
    assert "Before you go" not in text_of(client, address("end", study))


def test_an_open_link_that_was_used_opens_no_session_of_somebody_else() -> None:
    study = make_open()
    link = link_to(study, kind=Invitation.Kind.OPEN, quota=1)
    client, other = Client(), Client()
    client.get(link)
    client.post(address("consent", study), {"agreed": "yes"})
    other.get(link)
    assert other.post(address("go-on", study)).status_code == 404
    assert Session.objects.get().events.filter(kind="moved").count() == 0


def test_a_personal_link_goes_on_in_another_browser_when_asked_and_not_when_looked_at() -> None:
    study = make_open()
    link = link_to(study)
    client, other = Client(), Client()
    client.get(link)
    client.post(address("consent", study), {"agreed": "yes"})
    client.post(address("begin", study))
    send(client, study, payload(plan(client, study)["next"][0]["token"]))
    assert "Go on here?" in text_of(other, link)
    assert client.get(address("plan", study)).status_code == 200, "looking throws nobody out"
    other.post(address("go-on", study))
    assert plan(other, study)["answered"] == 1
    assert client.get(address("plan", study)).status_code == 404
    assert Session.objects.count() == 1


def test_threat_21_the_link_back_is_exchanged_for_the_cookie_at_once() -> None:
    client, _ = enter(study := make_open())
    page = text_of(client, address("end", study))
    found = re.search(r"/survey/resume/[\w-]+", page)
    assert found
    other = Client()
    response = other.get(found[0])
    assert response.status_code == 302
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert found[0].rsplit("/", 1)[1] not in response.headers["Location"]
    assert other.get(address("plan", study)).status_code == 200
    assert Client().get("/survey/resume/nothing").status_code == 404


def test_images_that_were_on_the_screen_and_come_again_are_marked() -> None:
    client, session = enter(study := make_open())
    tokens = [one["token"] for one in plan(client, study)["next"]]
    for _ in range(2):
        for token in tokens:
            client.get(reverse("survey:take-image", args=[study.code, token]))
    kinds = session.events.filter(presentation__isnull=False).order_by("presentation__position")
    assert list(kinds.values_list("kind", flat=True)) == ["shown-again", *["fetched-again"] * 2]


def test_one_s_own_answers_hold_no_truth_while_the_study_is_open() -> None:
    client, _ = enter(study := make_open(extras=True))
    finish(client, study, said=lambda _: {"reason": "=1+1"})
    table = text_of(client, address("own-table", study))
    assert table.splitlines()[0].startswith("image,practice,decision")
    assert "truth" not in table
    assert "'=1+1" in table
    assert "truth" not in text_of(client, address("own-data", study))
    services.study_close(study=study, by=study.owner)
    assert json.loads(text_of(client, address("own-data", study)))["answers"][0]["truth"]


def test_no_score_is_shown_where_the_protocol_says_so() -> None:
    study = make_draft()
    services.study_update(study=study, by=study.owner, settings=Settings(own_score=False))
    services.study_open(study=study, by=study.owner)
    client, _ = enter(study)
    finish(client, study)
    services.study_close(study=study, by=study.owner)
    assert "How you did" not in text_of(client, address("end", study))
    assert "truth" not in text_of(client, address("own-table", study))


def test_who_answered_practice_only_has_no_score() -> None:
    client, _ = enter(study := make_open(practice=2))
    send(client, study, payload(plan(client, study)["next"][0]["token"]))
    services.study_close(study=study, by=study.owner)
    page = text_of(client, address("end", study))
    assert "0 of 8 answers were stored" in page
    assert "How you did" not in page


def told_everything(study: Study) -> tuple[Client, Session]:
    client = Client(HTTP_USER_AGENT="Firefox of Ada", REMOTE_ADDR="203.0.113.77")
    client, session = enter(study, client=client)
    finish(client, study, said=lambda _: {"reason": "I am Ada"})
    client.post(address("afterthoughts", study), {"q-share": "40", "q-remark": "Ada again"})
    Session.objects.filter(pk=session.pk).update(background={"years": 7.0, "more": "Ada and co"})
    session.refresh_from_db()
    return client, session


def everything_stored() -> str:
    models = (Session, Study, Invitation, Judgement, Event, AuditEntry)
    return "".join(serializers.serialize("json", model._base_manager.all()) for model in models)


def test_threat_18_before_the_closing_an_erased_session_is_gone() -> None:
    study = make_open(extras=True)
    client, session = told_everything(study)
    page = client.post(address("erase", study)).content.decode()
    assert "Your answers, and all that was stored with them, are gone" in page
    assert not Session.objects.exists()
    assert not Event.objects.exists()
    stored = everything_stored()
    for trace in ("Ada", session.pseudonym, "203.0.113"):
        assert trace not in stored
    assert client.get(address("end", study)).status_code == 404


def test_threat_18_after_the_closing_answers_stay_and_nothing_tells_whose_they_are() -> None:
    study = make_open(extras=True)
    client, session = told_everything(study)
    # With its point: random keys and times may hold the four digits.
    width = "1440.0"
    assert width in everything_stored()
    services.study_close(study=study, by=study.owner)
    page = client.post(address("erase", study)).content.decode()
    assert "the answers themselves stay" in page
    assert Judgement.objects.count() == 8
    stored = everything_stored()
    for trace in ("Ada", session.pseudonym, "203.0.113", width, session.key_sha256):
        assert trace not in stored
    kept = Session.objects.get()
    assert kept.erased_at is not None
    assert kept.afterthoughts == {"share": 40.0}
    assert (kept.invitation, kept.rater, kept.screen, kept.background) == (None, None, {}, {})


def test_threat_18_closing_cuts_what_joins_answers_to_links_and_accounts() -> None:
    study = make_open()
    _, session = enter(study)
    owner = Client()
    owner.force_login(study.owner)
    Invitation.objects.update(label="Ada Lovelace")
    page = owner.get(reverse("survey:study", args=[study.pk])).content.decode()
    row = page[page.index(session.pseudonym) :].split("</tr>")[0]
    assert "Ada" not in row
    services.study_close(study=study, by=study.owner)
    session.refresh_from_db()
    assert (session.invitation, session.rater) == (None, None)
    owner.post(reverse("survey:forget-labels", args=[study.pk]))
    assert "Ada" not in everything_stored()


def test_an_organiser_erases_a_rater_who_asks_for_it_and_the_log_names_nobody() -> None:
    study = make_open(extras=True)
    _, session = told_everything(study)
    owner = Client()
    owner.force_login(study.owner)
    where = reverse("survey:erase-rater", args=[study.pk, session.pseudonym])
    owner.post(where)
    assert not Session.objects.exists()
    assert owner.post(where).status_code == 404
    entry = AuditEntry.objects.get(action="study.session-erased")
    assert entry.actor == study.owner
    assert session.pseudonym not in json.dumps(entry.details)


def test_pause_and_end_count_images_as_the_judging_page_does_without_practice() -> None:
    client, _ = enter(study := make_open(practice=2))
    first = plan(client, study)["next"]
    send(client, study, payload(first[0]["token"]))
    assert "0 of 8 answers are stored" in text_of(client, address("end", study))
    for _ in range(2):
        send(client, study, payload(plan(client, study)["next"][0]["token"]))
    assert "1 of 8 answers are stored" in text_of(client, address("end", study))
    finish(client, study)
    assert "All 8 answers are stored" in text_of(client, address("end", study))


@pytest.mark.parametrize("closed", [False, True])
def test_threat_18_whom_a_link_was_sent_to_goes_with_the_erased_session_or_the_study(
    closed: bool,
) -> None:
    study = make_open()
    client, session = enter(study)
    mine = session.invitation
    assert mine is not None
    other = Invitation.objects.create(
        study=study, kind=Invitation.Kind.PERSONAL, token_sha256="0" * 64, label="Bob"
    )
    Invitation.objects.filter(pk=mine.pk).update(label="Ada")
    if closed:
        services.study_close(study=study, by=study.owner)
    else:
        client.post(address("erase", study))
    for one in (mine, other):
        one.refresh_from_db()
    assert mine.label == ""
    assert other.label == ("" if closed else "Bob")


def test_what_a_rater_takes_along_is_all_that_is_stored_of_them() -> None:
    study = make_open(extras=True)
    client, session = enter(study)
    token = plan(client, study)["next"][0]["token"]
    client.get(reverse("survey:take-image", args=[study.code, token]))
    fields = {"hidden_ms": 300, "zooms": [[0, 0.5], [700, 4]], "blurs": 2, "again": True}
    send(client, study, payload(token, **fields))
    told = json.loads(text_of(client, address("own-data", study)))
    assert told["number"] == session.number
    (answer,) = told["answers"]
    said = Judgement.objects.get()
    assert (answer["hidden_ms"], answer["zooms"]) == (300.0, [[0.0, 0.5], [700.0, 4.0]])
    assert answer["shown_at"] == DjangoJSONEncoder().default(said.shown_at)
    assert [one["position"] for one in told["served"]] == [1]
    assert [one["event"] for one in told["events"]] == ["consented", "begun", "answered"]
    assert told["events"][-1]["details"]["blurs"] == 2
    # Every column of an answer, but for what joins it to other rows.
    columns = {field.name for field in Judgement._meta.fields} - {"id", "presentation"}
    assert columns <= set(answer)
    apart = {"id", "study", "protocol", "kind", "key_sha256", "dry_run", "simulated_as"}
    elsewhere = {
        "rater": "account",
        "invitation": "by_a_link",
        "saw_images_possible": "could_see_images_elsewhere",
        "user_agent": "browser",
        **dict.fromkeys(("practice", "total", "answered"), "images"),
    }
    columns = {field.name for field in Session._meta.fields} - apart
    assert {elsewhere.get(name, name) for name in columns} <= set(told)


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("withdrawn", [False, True])
def test_erasing_leaves_what_the_consent_text_says_in_every_state(
    closed: bool, withdrawn: bool
) -> None:
    study = make_open()
    assert "until the study closes, or if you withdrew, nothing is left" in study.consent_text
    assert "afterwards your answers stay in the results" in study.consent_text
    client, _ = enter(study)
    send(client, study, payload(plan(client, study)["next"][0]["token"]))
    if withdrawn:
        client.post(address("withdraw", study))
    if closed:
        services.study_close(study=study, by=study.owner)
    stays = closed and not withdrawn
    assert ("so the answers stay" in text_of(client, address("end", study))) == stays
    page = client.post(address("erase", study)).content.decode()
    assert ("the answers themselves stay" in page) == stays
    assert Judgement.objects.count() == Session.objects.count() == int(stays)
