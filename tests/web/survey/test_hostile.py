"""A rater who wants to know more than is shown, or to leave behind what no browser would send."""

from __future__ import annotations

import json
import re
from collections import Counter
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
from survey.selectors import monitor
from survey.services import answers
from tests.web.factories import make_user
from tests.web.survey.makers import (
    add_practice,
    enter,
    finish,
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


# ---- what no browser sends ----------------------------------------------------------------------

HUGE = 10**400
NASTY: tuple[dict[str, Any], ...] = (
    {"response_ms": HUGE},
    {"response_ms": -HUGE},
    {"response_ms": -1},
    {"response_ms": "1"},
    {"response_ms": True},
    {"since_shown_ms": HUGE},
    {"hidden_ms": HUGE},
    {"changes": HUGE},
    {"blurs": HUGE},
    {"confidence": HUGE},
    {"confidence": 2.0},
    {"confidence": True},
    {"zooms": [[HUGE, 1]]},
    {"zooms": [[1, 2, 3]]},
    {"zooms": {"1": 2}},
    {"regions": [[HUGE, 1, 1, 1]]},
    {"regions": [[0, 0, HUGE, HUGE]]},
    {"screen": {"width": HUGE, "height": 1, "ratio": 1}},
    {"reason": "\ud800"},
    {"reason": "\0"},
    {"reason": ["x"]},
    {"decision": ["real"]},
    {"decision": {"real": 1}},
    {"client_id": "\ud800"},
    {"client_id": ["00000000-0000-4000-8000-000000000000"]},
    {"seen_before": "yes"},
    {"token": "\0"},
    {"token": "\ud800"},
    {"token": None},
    {"token": {"a": 1}},
    {"again": HUGE},
)


@pytest.mark.parametrize("nasty", NASTY, ids=lambda nasty: json.dumps(nasty)[:40])
def test_an_answer_that_no_browser_sends_is_refused_or_kept_and_never_an_error(
    nasty: dict[str, Any],
) -> None:
    client, session = enter(study := make_open(extras=True))
    token = plan(client, study)["next"][0]["token"]
    response = send(client, study, payload(token) | nasty)
    assert response.status_code in {200, 400, 404}
    session.refresh_from_db()
    assert session.answered == (response.status_code == 200)
    assert send(client, study, payload(token)).status_code in {200, 409}, "it can still be answered"


@pytest.mark.parametrize(
    "raw",
    [b"[" * 19_000, b'{"a":' * 3_000, b"NaN", b"{}", b"", b"\xff\xfe", b'"x"', b"1" * 19_000],
    ids=lambda raw: raw[:6].decode("latin-1") or "empty",
)
def test_a_body_that_is_no_answer_is_refused_and_never_an_error(raw: bytes) -> None:
    client, _ = enter(study := make_open())
    for name in ("take-answer", "take-slip"):
        response = client.post(at(name, study), raw, content_type="application/json")
        assert response.status_code in {400, 404}


@pytest.mark.parametrize("part", ["%00", "%F0%9F%92%A9", "a" * 300, "..%2f..", "%ED%A0%80"])
def test_an_address_that_nobody_made_is_a_404_and_never_an_error(part: str) -> None:
    client, _ = enter(study := make_open())
    code = study.code
    for path in (
        f"join/{part}",
        f"resume/{part}",
        f"simulated/{part}",
        f"take/{part}/",
        f"take/{part}/plan",
        f"take/{code}/image/{part}",
        f"commitments/{part}",
    ):
        assert client.get(f"/survey/{path}").status_code == 404, path


@pytest.mark.parametrize("value", ["\0", "\ud83d\ude00", "a" * 4000, "link:1", "x|link:1"])
def test_a_cookie_that_nobody_gave_opens_nothing(value: str) -> None:
    study = make_open()
    for name in ("survey_session", "survey_door"):
        client = Client()
        client.cookies[name] = value.encode("utf-8", "surrogatepass").decode("latin-1")
        assert client.get(at("take", study)).status_code == 404
        assert client.get(at("take-plan", study)).status_code == 404
        assert client.post(at("take-consent", study), {"agreed": "yes"}).status_code == 404


def test_a_program_that_asks_without_end_fills_no_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "MOST_NOTED", 5)
    client, session = enter(study := make_open())
    token = plan(client, study)["next"][0]["token"]
    sent = payload(token)
    for _ in range(9):
        assert client.get(at("take-image", study, token)).status_code == 200
    for _ in range(9):
        assert send(client, study, sent).status_code == 200
        assert send(client, study, payload(token, decision="artificial")).status_code == 409
    kinds = Counter(session.events.values_list("kind", flat=True))
    for kind in ("shown-again", "answer-repeated", "answer-refused"):
        assert kinds[kind] == 5


def test_threat_16_answers_to_images_that_were_never_fetched_are_flagged() -> None:
    client, session = enter(study := make_open())
    for one in session.presentations.order_by("position"):
        send(client, study, payload(one.token, response_ms=400.0))
    flags = {flag.key: flag.text for flag in monitor.flags_of(session=session)}
    assert flags["unseen"] == "Answered 8 of 8 images without fetching them"


def test_threat_19_response_times_that_cannot_be_are_flagged() -> None:
    client, session = enter(study := make_open())
    finish(client, study, said=lambda token: {"response_ms": 4000.0})
    assert "times" in {flag.key for flag in monitor.flags_of(session=session)}
    honest, slow = enter(study)
    finish(honest, study, said=lambda token: {"response_ms": 500.0})
    assert "times" not in {flag.key for flag in monitor.flags_of(session=slow)}
