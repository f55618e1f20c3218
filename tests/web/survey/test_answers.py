"""An answer is kept at once and once only, whatever happens on the way."""

import json
import uuid
from unittest.mock import patch

import pytest
from django.test import Client
from django.urls import reverse

from survey import services
from survey.models import Event, Judgement, Session, State
from survey.protocol import Settings
from survey.services import answers
from tests.web.survey.makers import enter, finish, make_open, payload, plan, send

pytestmark = pytest.mark.django_db


def test_a_different_answer_to_the_same_image_is_refused_and_the_first_is_kept() -> None:
    client, session = enter(study := make_open())
    sent = payload(plan(client, study)["next"][0]["token"])
    assert send(client, study, sent).status_code == 200
    refused = send(client, study, sent | {"client_id": str(uuid.uuid4()), "decision": "artificial"})
    assert refused.status_code == 409
    assert refused.json()["message"] == (
        "This image has an answer already; the first one was kept."
    )
    assert Judgement.objects.get().decision == "real"
    kinds = list(session.events.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["consented", "begun", "answered", "answer-refused"]


def test_the_same_answer_sent_again_is_accepted_and_counted_once() -> None:
    client, session = enter(study := make_open())
    sent = payload(plan(client, study)["next"][0]["token"])
    first = send(client, study, sent)
    again = send(client, study, sent | {"since_shown_ms": 9000})
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    session.refresh_from_db()
    assert (session.answered, Judgement.objects.count()) == (1, 1)


def test_the_same_words_from_a_second_tab_are_accepted() -> None:
    client, _ = enter(study := make_open())
    token = plan(client, study)["next"][0]["token"]
    assert send(client, study, payload(token)).status_code == 200
    assert send(client, study, payload(token, response_ms=7.0)).status_code == 200
    assert Judgement.objects.get().response_ms == 1234.5


def test_an_id_with_other_content_is_refused() -> None:
    client, _ = enter(study := make_open())
    sent = payload(plan(client, study)["next"][0]["token"])
    send(client, study, sent)
    assert send(client, study, sent | {"response_ms": 3.0}).status_code == 409


def test_an_id_of_another_image_s_answer_is_refused() -> None:
    client, session = enter(study := make_open())
    first, second = plan(client, study)["next"][:2]
    sent = payload(first["token"])
    send(client, study, sent)
    assert send(client, study, sent | {"token": second["token"]}).status_code == 409
    session.refresh_from_db()
    assert session.answered == 1


def test_two_answers_at_the_very_same_time_leave_one() -> None:
    client, session = enter(study := make_open())
    token = plan(client, study)["next"][0]["token"]
    require_open = answers._require_open

    def meanwhile(session: Session) -> None:
        """Another answer comes after we looked for one, and before ours is stored."""
        with patch.object(answers, "_require_open", require_open):
            send(client, study, payload(token, decision="artificial"))

    with patch.object(answers, "_require_open", meanwhile):
        assert send(client, study, payload(token)).status_code == 409
    session.refresh_from_db()
    assert (session.answered, Judgement.objects.get().decision) == (1, "artificial")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"decision": "both"}, "decision is not real or artificial"),
        ({"confidence": 4}, "confidence is not 1, 2 or 3"),
        ({"confidence": True}, "confidence is not 1, 2 or 3"),
        ({"client_id": "7"}, "client_id is not a UUID"),
        ({"response_ms": -1}, "response_ms is not a time in ms"),
        ({"response_ms": "1"}, "response_ms is not a time in ms"),
        ({"zooms": [[1]]}, "zooms holds something else than pairs of numbers"),
        ({"zooms": {}}, "zooms is not a list"),
        ({"exposure_ms": -3}, "exposure_ms is not a time in ms"),
        ({"hidden_ms": -1}, "hidden_ms is not a time in ms"),
        ({"reason": 7}, "reason is not a text"),
        ({"reason": "x" * 501}, "reason is longer than 500 characters"),
        ({"regions": "all"}, "regions is not a list"),
        ({"regions": [[0, 0, 1, 1]] * 21}, "regions holds more than 20 boxes"),
        ({"regions": [[0, 0, 1]]}, "regions holds something else than [x, y, width, height]"),
        ({"regions": [[-1, 0, 1, 1]]}, "regions holds a box outside the image"),
        ({"regions": [[0, 0, 0, 1]]}, "regions holds a box without an area"),
        ({"seen_before": "yes"}, "seen_before is not true, false or null"),
        ({"zooms": [["a" * 30_000, 1]]}, "that is too long for an answer"),
    ],
)
def test_a_malformed_answer_is_refused_by_the_name_of_its_field(
    wrong: dict[str, object], said: str
) -> None:
    client, _ = enter(study := make_open())
    sent = payload(plan(client, study)["next"][0]["token"], **wrong)
    response = send(client, study, sent)
    assert response.status_code == 400
    assert response.json()["message"] == f"The answer was not understood: {said}."


@pytest.mark.parametrize("body", ["[]", "{", "null", '{"a": NaN}', "\\"])
def test_what_is_no_answer_is_no_server_error(body: str) -> None:
    client, _ = enter(study := make_open())
    address = reverse("survey:take-answer", args=[study.code])
    assert client.post(address, body, content_type="application/json").status_code == 400


def test_an_answer_without_a_session_finds_nothing() -> None:
    _, session = enter(study := make_open())
    token = session.presentations.get(position=1).token
    assert send(Client(), study, payload(token)).status_code == 404


def test_an_answer_far_ahead_finds_nothing() -> None:
    client, session = enter(study := make_open())
    token = session.presentations.get(position=4).token
    assert send(client, study, payload(token)).status_code == 404
    token = session.presentations.get(position=3).token
    assert send(client, study, payload(token)).status_code == 200


def test_an_answer_after_the_study_has_closed_is_refused() -> None:
    client, _ = enter(study := make_open())
    token = plan(client, study)["next"][0]["token"]
    services.study_close(study=study, by=study.owner)
    refused = send(client, study, payload(token))
    assert refused.status_code == 409
    assert "closed in the meantime" in refused.json()["message"]
    assert refused.json()["next"] == []
    image = reverse("survey:take-image", args=[study.code, token])
    assert client.get(image).status_code == 404


def test_a_session_goes_on_at_the_first_unanswered_and_ends_after_the_last() -> None:
    client, session = enter(study := make_open())
    order = list(session.presentations.order_by("position").values_list("token", flat=True))
    send(client, study, payload(order[0]))
    send(client, study, payload(order[2]))
    assert [one["position"] for one in plan(client, study)["next"]] == [2, 4, 5]
    assert "3 of 8" in client.get(reverse("survey:take", args=[study.code])).content.decode()
    finish(client, study)
    session.refresh_from_db()
    assert (session.state, session.answered) == (Session.State.FINISHED, 8)
    assert session.finished_at is not None
    taken = client.get(reverse("survey:take", args=[study.code]))
    assert taken.headers["Location"] == reverse("survey:take-end", args=[study.code])


def test_times_and_zooms_are_kept() -> None:
    client, _ = enter(study := make_open())
    send(client, study, payload(plan(client, study)["next"][0]["token"]))
    kept = Judgement.objects.select_related("presentation").get()
    assert (kept.response_ms, kept.confirm_ms, kept.zooms) == (1234.5, 2000.0, [[100.0, 1.0]])
    assert kept.shown_at is not None
    before = (kept.answered_at - kept.shown_at).total_seconds()
    assert before == pytest.approx(2.1, abs=0.5)


def slip(client: Client, code: str, token: str) -> int:
    address = reverse("survey:take-slip", args=[code])
    sent = json.dumps({"token": token})
    return client.post(address, sent, content_type="application/json").status_code


def test_only_the_last_answer_can_be_called_a_slip_and_it_stays() -> None:
    client, session = enter(study := make_open())
    first, second = [one["token"] for one in plan(client, study)["next"][:2]]
    assert slip(client, study.code, first) == 409
    send(client, study, payload(first))
    send(client, study, payload(second))
    assert slip(client, study.code, first) == 409
    assert slip(client, study.code, second) == 200
    assert slip(client, study.code, second) == 200
    kept = Judgement.objects.get(presentation__token=second)
    assert kept.slipped_at is not None
    assert kept.decision == "real"
    assert session.events.filter(kind="slip").count() == 1


def test_a_different_answer_is_refused_with_the_one_that_stays() -> None:
    client, _ = enter(study := make_open())
    token = plan(client, study)["next"][0]["token"]
    send(client, study, payload(token, decision="artificial", confidence=3))
    refused = send(client, study, payload(token, decision="real", confidence=1))
    assert refused.status_code == 409
    assert refused.json()["kept"] == {"decision": "artificial", "confidence": 3}


def test_the_page_of_the_end_takes_a_slip_of_the_very_last_answer_once() -> None:
    client, session = enter(study := make_open(real=2, artificial=2))
    address = reverse("survey:take-slip", args=[study.code])
    end = reverse("survey:take-end", args=[study.code])
    assert "slip" not in client.get(end).content.decode()
    finish(client, study)
    assert "was a slip" in client.get(end).content.decode()
    assert client.post(address).status_code == 302
    assert "Noted: your last answer was a slip" in client.get(end).content.decode()
    slips = session.presentations.filter(judgement__slipped_at__isnull=False)
    assert [one.position for one in slips] == [4]
    services.study_close(study=study, by=study.owner)
    assert "slip" not in client.get(end).content.decode()
    assert client.post(address).status_code == 302, "and nothing is noted any more"


def test_the_log_is_only_added_to() -> None:
    _, session = enter(make_open())
    event = session.events.first()
    assert isinstance(event, Event)
    with pytest.raises(TypeError, match="only added to"):
        event.save()
    with pytest.raises(TypeError, match="only added to"):
        session.events.all().delete()
    with pytest.raises(TypeError, match="only added to"):
        Event.objects.update(kind="nothing")


def test_whoever_withdraws_enters_no_result() -> None:
    client, session = enter(study := make_open())
    finish(client, study)
    client.post(reverse("survey:take-withdraw", args=[study.code]))
    session.refresh_from_db()
    assert session.state == Session.State.WITHDRAWN
    page = client.get(reverse("survey:take-end", args=[study.code])).content.decode()
    assert "You have withdrawn" in page
    services.study_close(study=study, by=study.owner)
    owner = Client()
    owner.force_login(study.owner)
    assert session.pseudonym not in owner.get(f"/survey/{study.pk}/results").content.decode()
    assert study.state == State.CLOSED


def test_nobody_withdraws_from_results_that_are_out() -> None:
    client, session = enter(study := make_open())
    services.study_close(study=study, by=study.owner)
    refused = client.post(reverse("survey:take-withdraw", args=[study.code]))
    assert refused.status_code == 403
    session.refresh_from_db()
    assert session.state == Session.State.STARTED


def test_what_was_seen_and_said_beside_the_decision_is_kept() -> None:
    client, _ = enter(study := make_open(extras=True))
    more = {
        "exposure_ms": 812.3,
        "reason": "  too smooth\0 ",
        "regions": [[10, 20, 30.25, 40]],
        "seen_before": False,
        "blurs": 2,
    }
    assert (
        send(client, study, payload(plan(client, study)["next"][0]["token"], **more)).status_code
        == 200
    )
    kept = Judgement.objects.get()
    assert (kept.exposure_ms, kept.reason, kept.seen_before) == (812.3, "too smooth", False)
    assert kept.regions == [[10.0, 20.0, 30.2, 40.0]]
    assert Event.objects.get(kind="answered").details["blurs"] == 2


def test_practice_comes_first_and_is_counted_in_the_plan() -> None:
    client, session = enter(study := make_open(practice=2))
    told = plan(client, study)
    assert (told["total"], told["answered"], told["practice"]) == (10, 0, 2)
    assert [one["practice"] for one in told["next"]] == [True, True, False]
    assert {one["other"] for one in told["next"]} == {None}
    kinds = session.presentations.order_by("position").values_list("kind", flat=True)
    assert list(kinds) == ["practice"] * 2 + ["main"] * 8


def test_practice_enters_no_score_and_no_result() -> None:
    client, _ = enter(study := make_open(practice=2))
    finish(client, study)
    services.study_close(study=study, by=study.owner)
    page = client.get(reverse("survey:take-end", args=[study.code])).content.decode()
    assert "4 of 8</b> right" in page


def test_what_the_protocol_does_not_ask_for_is_not_stored() -> None:
    client, _ = enter(study := make_open(settings=Settings(ask_seen=False)))
    sent = payload(
        plan(client, study)["next"][0]["token"],
        reason="Marie told me",
        regions=[[1, 2, 3, 4]],
        seen_before=True,
    )
    assert send(client, study, sent).status_code == 200
    assert send(client, study, sent).status_code == 200, "the same again is accepted"
    kept = Judgement.objects.get()
    assert (kept.reason, kept.regions, kept.seen_before) == ("", [], None)


def test_a_tab_that_lay_open_for_weeks_loses_no_answer() -> None:
    client, session = enter(study := make_open())
    token = plan(client, study)["next"][0]["token"]
    weeks = 20 * 86_400_000
    sent = payload(
        token, response_ms=weeks, confirm_ms=weeks, hidden_ms=weeks, since_shown_ms=weeks
    )
    assert send(client, study, sent).status_code == 200
    kept = Judgement.objects.get(presentation__session=session)
    assert (kept.response_ms, kept.confirm_ms, kept.shown_at) == (None, None, None)
    assert kept.hidden_ms == 7 * 86_400_000
