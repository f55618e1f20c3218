"""A rater who wants to know more than is shown, or to come twice."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from core.access import Visibility
from survey import services
from survey.checks import opening_checks
from survey.errors import StudyRefused
from survey.models import Event, Invitation, Judgement, Session, Stimulus, Study, Use
from tests.web.factories import make_user
from tests.web.survey.makers import (
    add_practice,
    enter,
    link_to,
    make_draft,
    make_open,
    payload,
    plan,
    prepare,
    send,
)

pytestmark = pytest.mark.django_db


def at(name: str, study: Study, *more: str) -> str:
    return reverse(f"survey:{name}", args=[study.code, *more])


def body(response: Any) -> str:
    """The page without what is drawn by chance for each."""
    text: str = response.content.decode()
    return re.sub(r'"X-CSRFToken": "[^"]*"', "", text)


# ---- what a response gives away -----------------------------------------------------------------

ASKED = (
    {"Range": "bytes=0-99"},
    {"Range": "bytes=-20"},
    {"If-None-Match": "*"},
    {"If-Modified-Since": "Thu, 26 Nov 2026 00:00:00 GMT"},
    {"Accept-Encoding": "gzip, br, zstd"},
    {"Accept": "image/webp"},
)


@pytest.mark.parametrize("headers", ASKED, ids=lambda headers: str(headers))
def test_threat_6_however_an_image_is_asked_for_it_comes_whole_and_alike(
    headers: dict[str, str],
) -> None:
    client, session = enter(study := make_open())
    came = set()
    for one in session.presentations.order_by("position"):
        for method in ("GET", "HEAD"):
            address = at("take-image", study, one.token)
            response: Any = client.generic(method, address, headers=headers)
            assert response.status_code == 200
            length = len(response.content) if method == "GET" else 0
            came.add((method, length, tuple(sorted(response.headers.items()))))
        send(client, study, payload(one.token))
    assert len(came) == 2, "one for GET, one for HEAD"
    (names,) = {tuple(name for name, _ in headers) for _, _, headers in came}
    assert not {"ETag", "Last-Modified", "Accept-Ranges", "Content-Encoding"} & set(names)


def test_threat_7_all_images_that_are_not_there_for_a_rater_are_missing_alike() -> None:
    study = make_open()
    client, session = enter(study)
    _, other = enter(study)
    send(client, study, payload(plan(client, study)["next"][0]["token"]))
    tokens = [
        *other.presentations.values_list("token", flat=True),  # somebody else's
        session.presentations.get(position=1).token,  # answered
        session.presentations.get(position=session.total).token,  # far ahead
        "x" * 32,  # nobody's
        *map(str, session.presentations.values_list("stimulus_id", flat=True)),
    ]
    missing = [client.get(at("take-image", study, token)) for token in tokens]
    assert {response.status_code for response in missing} == {404}
    assert len({body(response) for response in missing}) == 1
    assert len({tuple(sorted(response.headers.items())) for response in missing}) == 1


def test_threat_12_an_answer_to_somebody_else_s_image_is_kept_nowhere() -> None:
    study = make_open(practice=1)
    client, _ = enter(study)
    other, theirs = enter(study)
    for token in theirs.presentations.values_list("token", flat=True):
        assert send(client, study, payload(token)).status_code == 404
    elsewhere = make_open()
    own, _ = enter(elsewhere)
    token = plan(own, elsewhere)["next"][0]["token"]
    for study_of_the_address, sender in ((study, own), (elsewhere, client), (elsewhere, other)):
        assert send(sender, study_of_the_address, payload(token)).status_code == 404
    assert not Judgement.objects.exists()
    assert not Event.objects.filter(kind="answer-refused").exists()


def test_threat_12_an_answer_far_ahead_is_not_taken() -> None:
    client, session = enter(study := make_open())
    for one in session.presentations.filter(position__gt=3):
        assert send(client, study, payload(one.token)).status_code == 404
    assert not Judgement.objects.exists()


@pytest.mark.parametrize("ended", ["withdrawn", "closed"])
def test_threat_15_after_the_end_no_answer_is_kept_and_no_image_is_sent(ended: str) -> None:
    client, session = enter(study := make_open())
    tokens = [one["token"] for one in plan(client, study)["next"]]
    if ended == "withdrawn":
        client.post(at("take-withdraw", study))
    else:
        services.study_close(study=study, by=study.owner)
    for token in tokens:
        assert send(client, study, payload(token)).status_code == 409
        assert client.get(at("take-image", study, token)).status_code == 404
    assert plan(client, study)["next"] == []
    assert not Judgement.objects.filter(presentation__session=session).exists()


# ---- ways in ------------------------------------------------------------------------------------


def test_threat_16_who_withdrew_does_not_begin_anew_by_the_same_link() -> None:
    study = make_open()
    link, client = link_to(study), Client()
    client.get(link)
    client.post(at("take-consent", study), {"agreed": "yes"})
    client.post(at("take-withdraw", study))
    for again in (client, Client()):
        again.get(link)
        again.post(at("take-consent", study), {"agreed": "yes"})
        again.post(at("take-go-on", study))
        assert "You have withdrawn" in again.get(at("take", study), follow=True).content.decode()
    session = Session.objects.get(study=study)
    assert session.state == Session.State.WITHDRAWN
    assert Invitation.objects.get().used == 1


def test_threat_16_who_erased_their_data_does_not_begin_anew_by_the_same_link() -> None:
    study = make_open()
    link, client = link_to(study), Client()
    client.get(link)
    client.post(at("take-consent", study), {"agreed": "yes"})
    client.post(at("take-erase", study))
    for again in (client, Client()):
        again.get(link)
        again.post(at("take-consent", study), {"agreed": "yes"})
    assert not Session.objects.filter(study=study).exists()


def test_threat_16_an_account_that_begins_by_a_link_as_well_is_one_rater() -> None:
    study = make_open(visibility=Visibility.LAB)
    client = Client()
    client.force_login(make_user(Role.ANALYST))
    client.post(at("take-consent", study), {"agreed": "yes"})
    assert Session.objects.filter(study=study).count() == 1
    fresh = Client()
    fresh.cookies["sessionid"] = client.cookies["sessionid"].value
    fresh.get(link_to(study))
    fresh.post(at("take-consent", study), {"agreed": "yes"})
    assert Session.objects.filter(study=study).count() == 1
    assert Invitation.objects.get().used == 0


def test_threat_16_a_door_of_one_study_opens_no_other() -> None:
    study, other = make_open(), make_open()
    client = Client()
    client.get(link_to(study))
    client.cookies["survey_door"]["path"] = "/"
    assert client.post(at("take-consent", other), {"agreed": "yes"}).status_code == 404
    client.post(at("take-consent", study), {"agreed": "yes"})
    client.cookies["survey_session"]["path"] = "/"
    for name in ("take-plan", "take-end", "take-own-data"):
        assert client.get(at(name, other)).status_code == 404
    assert not Session.objects.filter(study=other).exists()


# ---- the truth, told elsewhere ------------------------------------------------------------------


def test_threat_10_a_game_with_images_of_an_open_study_does_not_open() -> None:
    study = make_open(real=5, artificial=5)
    game = make_draft(owner=study.owner, use=Use.GAME, real=5, artificial=5)
    assert not opening_checks(study=game).problems
    shown = study.stimuli.order_by("number")[:1].get()
    Stimulus.objects.filter(study=game, number=1).update(source=shown.source)
    (problem,) = opening_checks(study=game).problems
    assert problem.startswith("It would tell its players the truth of 1 image that a study still")
    with pytest.raises(StudyRefused, match="would tell its players"):
        services.study_open(study=game, by=game.owner)
    services.study_close(study=study, by=study.owner)
    assert not opening_checks(study=game).problems


def test_threat_10_practice_never_tells_the_truth_of_what_another_study_asks() -> None:
    study = make_open()
    shown = study.stimuli.order_by("number")[:1].get()
    other = make_draft(owner=study.owner, prepared=False)
    add_practice(other, count=2)
    practice = other.stimuli.filter(use=Stimulus.Use.PRACTICE).order_by("number")[:1]
    Stimulus.objects.filter(pk=practice.get().pk).update(source=shown.source)
    prepare(other)
    problems = " ".join(opening_checks(study=other).problems)
    assert "It would tell its raters, in practice, the truth of 1 image" in problems
    # And the other way round: the practice is open first.
    services.study_close(study=study, by=study.owner)
    services.study_open(study=other, by=other.owner)
    later = services.study_copy(study=study, by=study.owner)
    prepare(later)
    problems = " ".join(opening_checks(study=later).problems)
    assert f"Practice in “{other.name}” tells its raters the truth of 1 image of it" in problems


def test_threat_10_closing_a_study_that_tells_of_another_open_one_is_said_to_both() -> None:
    study = make_open()
    copy = services.study_copy(study=study, by=study.owner)
    prepare(copy)
    services.study_open(study=copy, by=study.owner)
    owner = Client()
    owner.force_login(study.owner)
    page = owner.get(reverse("survey:study", args=[study.pk])).content.decode()
    assert "Closing makes public the truth of 8 images that another study still asks for." in page
    watched = reverse("survey:monitor", args=[copy.pk])
    assert "is public since" not in owner.get(watched).content.decode()
    services.study_close(study=study, by=study.owner)
    assert "The truth of 8 images of it is public since" in owner.get(watched).content.decode()
    page = owner.get(reverse("survey:study", args=[copy.pk])).content.decode()
    assert "Closing makes public" not in page
