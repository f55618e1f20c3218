"""Threats to blinding, by their numbers in the method; tested on what is sent, not on the code."""

import json
import re
import struct
from collections import Counter
from typing import Any

import pytest
from django.core import serializers
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from core.access import Visibility
from core.models import AuditEntry
from survey import services
from survey.models import Answer, Invitation, Presentation, Session, Stimulus, Study
from tests.web.factories import make_user
from tests.web.survey.makers import enter, finish, link_to, make_open, payload, plan, send

pytestmark = pytest.mark.django_db

TELLING = re.compile(r"secret|truth|stimul|\.png|[0-9a-f]{64}|generator", re.IGNORECASE)


def image(client: Client, study: Study, token: str) -> Any:
    return client.get(reverse("survey:take-image", args=[study.code, token]))


FAR = 7_654_321_000


def count_from_far() -> None:
    """Let keys of rows be numbers that stand in no text by accident."""
    for model in (Study, Stimulus, Invitation, Session, Presentation):
        table = model._meta.db_table
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence VALUES (%s, %s)", [table, FAR])
            else:
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, FAR])


def everything_sent(client: Client, study: Study) -> list[str]:
    """Text, headers and cookies of every answer that a rater's browser gets on the whole way."""
    sent = [client.get(link_to(study))]

    def at(name: str, **posted: str) -> Any:
        address = reverse(f"survey:take-{name}" if name else "survey:take", args=[study.code])
        sent.append(client.post(address, posted) if posted else client.get(address))
        return sent[-1]

    at("")
    at("consent", agreed="yes")
    at("")
    at("questions", **{"q-particles": "Never"})
    at("")
    at("begin", width="1440", height="900", ratio="1")
    at("")
    slip = reverse("survey:take-slip", args=[study.code])
    while following := at("plan").json()["next"]:
        token = following[0]["token"]
        sent.append(image(client, study, token))
        one = payload(token)
        sent += [send(client, study, one), send(client, study, one)]
        sent.append(send(client, study, payload(token, decision="artificial")))
        sent.append(client.post(slip, json.dumps({"token": token}), "application/json"))
        at("end")
    at("slip", last="yes")
    at("afterthoughts", **{"q-share": "40"})
    for name in ("", "end", "own-table", "own-data"):
        at(name)
    resume = re.search(r"/survey/resume/[\w-]+", at("end").content.decode())
    assert resume
    sent += [Client().get(resume[0]), client.get(reverse("survey:resume", args=["unknown"]))]
    statuses = {response.status_code for response in sent}
    assert statuses == {200, 302, 404, 409}
    return [
        f"{one.headers}\n{one.cookies.output()}\n{one.content.decode('latin-1')}" for one in sent
    ]


# What is the rater's own, and tells nothing of any image: their keys, and hashes of their answers.
OWN = re.compile(
    r"/survey/resume/[0-9a-f]{64}|survey_session=[0-9a-f]{64}|"
    r'"(payload_sha256|client_id)": "[0-9a-f-]+"'
)


def test_threat_1_no_name_key_or_truth_is_in_anything_sent() -> None:
    count_from_far()
    study, client = make_open(), Client()
    texts = everything_sent(client, study)
    session = Session.objects.get()
    assert session.state == Session.State.FINISHED
    for text in texts:
        own = OWN.sub("", text).replace("image/png", "").replace("icon.svg", "")
        assert not TELLING.search(own), text
        # Of no study, image, link, session or presentation the key: they count them.
        assert str(FAR)[:7] not in text, text
    assert session.pk > FAR
    tokens = set(session.presentations.values_list("token", flat=True))
    assert len(tokens) == session.total
    assert {len(token) for token in tokens} == {32}


def test_threat_1_the_cookie_of_a_door_counts_no_links_and_is_not_the_link() -> None:
    study, client = make_open(), Client()
    link = link_to(study)
    value = client.get(link).cookies["survey_door"].value
    invitation = Invitation.objects.get()
    assert not re.search(rf"\b{invitation.pk}\b", value.split(":")[1])
    assert link.rsplit("/", 1)[1] not in value
    mark = value.split(":")[1]
    assert Client().get(reverse("survey:join", args=[mark])).status_code == 404
    assert client.get(reverse("survey:take", args=[study.code])).status_code == 200


def test_threat_1_the_same_image_has_another_token_for_everybody() -> None:
    study = make_open()
    _, one = enter(study)
    _, other = enter(study)
    tokens = {s.pk: set(s.presentations.values_list("token", flat=True)) for s in (one, other)}
    assert not tokens[one.pk] & tokens[other.pk]


def test_threat_2_served_bytes_are_pixels_and_nothing_else() -> None:
    client, session = enter(study := make_open())
    for one in plan(client, study)["next"]:
        content = image(client, study, one["token"]).content
        kinds, at = [], 8
        while at < len(content):
            (length,) = struct.unpack(">I", content[at : at + 4])
            kinds.append(content[at + 4 : at + 8])
            at += 12 + length
        assert kinds == [b"IHDR", b"IDAT", b"IEND"]
    assert session.total == 8


def served(client: Client, study: Study, session: Session) -> dict[str, Any]:
    """All images of a session, as their answers come, by token."""
    found = {}
    while following := plan(client, study)["next"]:
        token = following[0]["token"]
        found[token] = image(client, study, token)
        send(client, study, payload(token))
    assert len(found) == session.total
    return found


def test_threat_3_and_6_all_images_have_one_size_length_and_header() -> None:
    client, session = enter(study := make_open())
    responses = served(client, study, session).values()
    assert len({response.content[16:33] for response in responses}) == 1  # IHDR
    assert len({len(response.content) for response in responses}) == 1
    assert len({tuple(sorted(response.headers.items())) for response in responses}) == 1


def test_threat_7_nothing_is_cached_and_no_other_session_gets_an_image() -> None:
    study = make_open()
    client, session = enter(study)
    other, _ = enter(study)
    token = plan(client, study)["next"][0]["token"]
    response = image(client, study, token)
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in response.headers
    assert image(other, study, token).status_code == 404
    assert image(Client(), study, token).status_code == 404
    owner = Client()
    owner.force_login(study.owner)
    assert image(owner, study, token).status_code == 404
    send(client, study, payload(token))
    assert image(client, study, token).status_code == 404, "an image that is answered"
    last = session.presentations.get(position=session.total).token
    assert image(client, study, last).status_code == 404, "an image far ahead"


def test_threat_8_the_page_is_the_same_whatever_comes() -> None:
    client, session = enter(study := make_open())
    pages = set()
    while following := plan(client, study)["next"]:
        page = client.get(reverse("survey:take", args=[study.code])).content.decode()
        page = re.sub(r'data-csrf="[^"]*"', "", page)
        pages.add(re.sub(r"\d+ of 8", "", page))
        send(client, study, payload(following[0]["token"]))
    assert len(pages) == 1
    assert session.total == 8


def test_threat_9_no_page_tells_how_many_are_real() -> None:
    study = make_open(real=3, artificial=9)
    rater = Client()
    texts = everything_sent(rater, study)
    for text in texts:
        assert not re.search(r"\b(3|9|three|nine) (of (them|it) )?(are )?(real|artificial)", text)


def test_threat_11_orders_are_rows_made_before_the_first_answer() -> None:
    client, session = enter(study := make_open())
    before = list(session.presentations.order_by("position").values_list("pk", "stimulus_id"))
    assert len(before) == 8
    finish(client, study)
    after = list(session.presentations.order_by("position").values_list("pk", "stimulus_id"))
    assert before == after


def test_threat_12_no_feedback_until_the_study_closes() -> None:
    client, _ = enter(study := make_open())
    replies = []
    while following := plan(client, study)["next"]:
        reply = send(client, study, payload(following[0]["token"])).json()
        replies.append(set(reply))
    assert set().union(*replies) == {"total", "answered", "practice", "next"}
    end = reverse("survey:take-end", args=[study.code])
    page = client.get(end).content.decode()
    assert "stays closed until the study has ended" in page
    assert "d-prime" not in page
    services.study_close(study=study, by=study.owner)
    assert "4 of 8</b> right" in client.get(end).content.decode()


def test_threat_12_feedback_is_given_of_practice_images_and_of_nothing_else() -> None:
    client, session = enter(study := make_open(practice=3))
    told = dict(session.presentations.values_list("token", "stimulus__truth"))
    kinds, right = [], 0
    while following := plan(client, study)["next"]:
        token = following[0]["token"]
        reply = send(client, study, payload(token)).json()
        kinds.append(following[0]["practice"])
        assert ("feedback" in reply) == following[0]["practice"]
        if following[0]["practice"]:
            expected = {"truth": told[token], "right": told[token] == "real"}
            assert reply["feedback"] == expected
            right += bool(expected["right"])
    assert kinds == [True] * 3 + [False] * 8
    assert 0 < right < 3


def test_threat_12_the_organiser_learns_counts_only_while_it_is_open() -> None:
    client, _ = enter(study := make_open())
    finish(client, study)
    owner = Client()
    owner.force_login(study.owner)
    page = owner.get(reverse("survey:study", args=[study.pk])).content.decode()
    assert "8 of 8" in page
    for word in ("Hits", "d-prime", "correct", "right."):
        assert word not in page
    results = owner.get(reverse("survey:results", args=[study.pk])).content.decode()
    assert "stay closed until the study is" in results
    assert "Hits" not in results
    for name, more in (
        ("results-figure", ["verdict", "svg"]),
        ("results-json", []),
        ("results-report", ["pdf"]),
        ("results-bundle", []),
        ("results-image", [1]),
        ("results-picture", [1]),
        ("results-height", [1]),
    ):
        address = reverse(f"survey:{name}", args=[study.pk, *more])
        assert owner.get(address).status_code == 403
    for table in ("answers", "raters", "images", "events"):
        closed = owner.get(reverse("survey:results-csv", args=[study.pk, table]))
        assert closed.status_code == 403


def test_threat_13_one_answer_for_a_presentation_is_a_rule_of_the_database() -> None:
    client, session = enter(study := make_open())
    token = plan(client, study)["next"][0]["token"]
    statuses = Counter(
        send(client, study, payload(token, decision=decision)).status_code
        for decision in ["real", "artificial"] * 5
    )
    assert statuses == {200: 5, 409: 5}
    session.refresh_from_db()
    assert session.answered == 1


def test_threat_16_a_personal_link_lets_one_rater_in() -> None:
    study = make_open()
    link = link_to(study)
    consent = reverse("survey:take-consent", args=[study.code])
    first, second = Client(), Client()
    for client in (first, second):
        assert client.get(link).status_code == 302
    first.post(consent, {"agreed": "yes"})
    refused = second.post(consent, {"agreed": "yes"})
    assert refused.status_code == 403
    assert "This link was used already" in refused.content.decode()
    assert study.sessions.count() == 1
    assert Invitation.objects.get().used == 1


def test_threat_16_an_open_link_lets_in_as_many_as_its_quota() -> None:
    study = make_open()
    link = link_to(study, kind=Invitation.Kind.OPEN, quota=2)
    for _ in range(4):
        client = Client()
        client.get(link)
        client.post(reverse("survey:take-consent", args=[study.code]), {"agreed": "yes"})
    assert study.sessions.count() == 2


def test_threat_18_no_network_address_is_stored() -> None:
    study = make_open()
    client = Client(REMOTE_ADDR="203.0.113.77")
    enter(study, client=client)
    finish(client, study)
    for model in (Session, Study, Invitation):
        assert "203.0.113" not in serializers.serialize("json", model.objects.all())
    session = Session.objects.get()
    assert "203.0.113" not in serializers.serialize("json", session.events.all())


def test_threat_20_who_may_see_the_images_elsewhere_is_marked() -> None:
    study = make_open()
    dataset = Stimulus.objects.filter(image__isnull=False)[0].image.dataset  # type: ignore[union-attr]
    stranger = make_user(Role.ANALYST)
    knows = make_user(Role.ANALYST)
    dataset.visibility = Visibility.SHARED
    dataset.save()
    dataset.shared_with.add(knows)
    marks = []
    for user in (None, stranger, knows, study.owner):
        client = Client()
        if user:
            client.force_login(user)
        marks.append(enter(study, client=client)[1].saw_images_possible)
    assert marks == [False, False, True, True]


def test_threat_20_looking_at_the_key_of_an_open_study_is_logged() -> None:
    study = make_open()
    owner = Client()
    owner.force_login(study.owner)
    owner.get(reverse("survey:images", args=[study.pk]))
    entry = AuditEntry.objects.get(action="study.key-seen")
    assert (entry.actor, entry.subject) == (study.owner, f"survey.study:{study.pk}")


def test_threat_21_a_link_is_exchanged_for_a_cookie_and_a_redirect() -> None:
    study = make_open()
    link = link_to(study)
    token = link.rsplit("/", 1)[1]
    client = Client()
    response = client.get(link)
    assert response.status_code == 302
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["Location"] == reverse("survey:take", args=[study.code])
    assert token not in response.headers["Location"]
    assert token not in str(response.cookies)
    cookie = response.cookies["survey_door"]
    assert cookie["httponly"]
    assert cookie["path"] == reverse("survey:take", args=[study.code])
    assert token not in json.dumps(list(Invitation.objects.values_list("token_sha256", flat=True)))


def test_a_rater_without_scripts_is_told_kindly() -> None:
    study = make_open()
    rater = Client()
    rater.get(link_to(study))
    page = rater.get(reverse("survey:take", args=[study.code])).content.decode()
    assert "<noscript>" in page
    assert "please allow it for this address" in page


def test_half_of_the_raters_have_artificial_on_the_left() -> None:
    study = make_open()
    sides = [enter(study)[1].artificial_on_left for _ in range(8)]
    assert Counter(sides) == {True: 4, False: 4}
    assert set(Answer.values) == {"real", "artificial"}
