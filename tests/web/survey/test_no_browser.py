"""What a program sends, and no browser: refused, or kept and flagged, and never an error."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from django.test import Client

from survey.selectors import monitor
from survey.services import answers
from tests.web.survey.makers import enter, finish, make_open, payload, plan, send
from tests.web.survey.test_hostile import at

pytestmark = pytest.mark.django_db

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
    monkeypatch.setattr(answers, "MOST_NOTED", 20)
    client, session = enter(study := make_open())
    token = plan(client, study)["next"][0]["token"]
    sent = payload(token)
    for _ in range(9):
        assert client.get(at("take-image", study, token)).status_code == 200
    for _ in range(9):
        assert send(client, study, sent).status_code == 200
        assert send(client, study, payload(token, decision="artificial")).status_code == 409
    kinds = Counter(session.events.values_list("kind", flat=True))
    assert kinds["shown-again"] == 8
    assert sum(kinds[kind] for kind in answers.AGAIN) == 20
    assert kinds["answered"] == 1


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
