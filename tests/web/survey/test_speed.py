"""What a request of a rater costs: hundreds of them come at once."""

from __future__ import annotations

from unittest.mock import ANY

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.web.survey.makers import enter, make_open, payload, plan, send

pytestmark = pytest.mark.django_db


def statements(captured: CaptureQueriesContext) -> list[str]:
    """The first words of each statement, without those that begin and end transactions."""
    # Of a prepared statement PostgreSQL's driver keeps no text: it counts, whatever it is.
    texts = [query["sql"] for query in captured.captured_queries]
    words = [text.split('"')[0].split()[0] if text else "" for text in texts]
    own = [word for word in words if word not in {"SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"}]
    return [word or ANY for word in own]


def test_an_answer_costs_five_statements() -> None:
    client, _ = enter(study := make_open())
    sent = payload(plan(client, study)["next"][0]["token"])
    with CaptureQueriesContext(connection) as captured:
        assert send(client, study, sent).status_code == 200
    assert statements(captured) == ["SELECT", "INSERT", "INSERT", "UPDATE", "SELECT"]


def test_the_last_answer_costs_two_more() -> None:
    client, session = enter(study := make_open(real=2, artificial=2))
    for one in session.presentations.order_by("position")[:3]:
        send(client, study, payload(one.token))
    sent = payload(session.presentations.get(position=4).token)
    with CaptureQueriesContext(connection) as captured:
        assert send(client, study, sent).json()["next"] == []
    expected = ["SELECT", "INSERT", "INSERT", "UPDATE", "UPDATE", "INSERT", "SELECT"]
    assert statements(captured) == expected


def test_a_plan_costs_two_statements_and_an_image_two() -> None:
    client, _ = enter(study := make_open())
    token = plan(client, study)["next"][0]["token"]
    with CaptureQueriesContext(connection) as captured:
        plan(client, study)
    assert statements(captured) == ["SELECT", "SELECT"]
    address = reverse("survey:take-image", args=[study.code, token])
    for expected in (["SELECT", "UPDATE"], ["SELECT", "SELECT", "INSERT"]):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        assert statements(captured) == expected
