"""The organiser sees who gets on and who needs a look, and never what was answered."""

import csv
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from core.access import Visibility
from survey.models import Judgement, Session, Study
from survey.selectors import monitor, studies
from tests.web.factories import make_user
from tests.web.survey.makers import enter, finish, make_open, payload, plan, send

pytestmark = pytest.mark.django_db


def owner_of(study: Study) -> Client:
    client = Client()
    client.force_login(study.owner)
    return client


def page_of(study: Study, name: str = "monitor") -> str:
    response = owner_of(study).get(reverse(f"survey:{name}", args=[study.pk]))
    assert response.status_code == 200
    text: str = response.content.decode()
    return text


def keys_of(session: Session) -> set[str]:
    return {flag.key for flag in monitor.flags_of(session=session)}


def answer_all(study: Study, **fields: Any) -> Session:
    client, session = enter(study)
    finish(client, study, said=lambda token: fields)
    fetched_long_before(session)
    session.refresh_from_db()
    return session


def fetched_long_before(session: Session) -> None:
    """Let the images have been there for as long as the answers say; tests answer at once."""
    session.presentations.update(served_at=timezone.now() - timedelta(minutes=1))


def test_a_colleague_who_may_see_the_study_may_not_watch_its_raters() -> None:
    study = make_open(visibility=Visibility.LAB)
    client = Client()
    client.force_login(make_user(Role.ORGANISER))
    for name in ("monitor", "monitor-part", "monitor-csv"):
        assert client.get(reverse(f"survey:{name}", args=[study.pk])).status_code == 403


def test_before_anybody_came_it_says_what_to_do() -> None:
    assert "Nobody has begun yet" in page_of(make_open())


def test_half_of_the_answers_within_a_blink_are_flagged() -> None:
    study = make_open()
    assert keys_of(answer_all(study, response_ms=250)) == {"fast"}
    assert keys_of(answer_all(study, response_ms=350)) == set()


def test_the_plan_says_what_is_too_fast() -> None:
    study = make_open()
    Study.objects.update(plan={"fastest_ms": 800})
    session = answer_all(study, response_ms=700)
    assert keys_of(Session.objects.get(pk=session.pk)) == {"fast"}


@pytest.mark.parametrize("decision", ["real", "artificial"])
def test_one_answer_to_everything_is_flagged_from_ten_on_and_not_which(decision: str) -> None:
    study = make_open(real=6, artificial=6)
    client, session = enter(study)
    fetched_long_before(session)
    for count in range(12):
        token = plan(client, study)["next"][0]["token"]
        send(client, study, payload(token, decision=decision))
        assert keys_of(session) == ({"constant"} if count >= 9 else set())
    page = page_of(study)
    assert "Gives one answer to everything" in page
    assert not re.search(r"\b(real|artificial)\b", page, re.IGNORECASE)


def test_a_long_pause_and_an_absence_are_told_and_where_it_was() -> None:
    study = make_open()
    client, session = enter(study)
    fetched_long_before(session)
    for _ in range(3):
        send(client, study, payload(plan(client, study)["next"][0]["token"]))
    first = Judgement.objects.order_by("pk").first()
    assert first is not None
    long_ago = timezone.now() - timedelta(hours=5)
    session.presentations.update(served_at=long_ago)
    Judgement.objects.filter(pk=first.pk).update(answered_at=long_ago)
    assert keys_of(session) == {"pause"}
    Session.objects.update(last_seen_at=timezone.now() - timedelta(hours=2))
    found = monitor.monitor_of(study=study)
    assert (found.counts.away, found.stopped) == (1, [("image 4", 1)])
    assert "1 before image 4" in page_of(study)


def test_the_bars_hold_all_answers() -> None:
    study = make_open()
    answer_all(study)
    rows = list(Judgement.objects.order_by("pk").values_list("pk", flat=True))
    for place, pk in enumerate(rows):
        at = timezone.now() - timedelta(hours=3 * place)
        Judgement.objects.filter(pk=pk).update(answered_at=at)
    found = monitor.monitor_of(study=study)
    assert sum(bar.count for bar in found.bars) == found.counts.answers == 8
    assert (len(found.bars), found.bar_time) == (11, "2 hours")


def test_no_figure_depends_on_what_is_real() -> None:
    """Two raters who answer alike look alike, whether they are always right or always wrong."""
    texts = []
    for right in (True, False):
        study = make_open(name="The same name", seed=3)
        client, session = enter(study)
        for one in session.presentations.order_by("position").select_related("stimulus"):
            truth = one.stimulus.truth
            other = "real" if truth == "artificial" else "artificial"
            send(client, study, payload(one.token, decision=truth if right else other))
        part = reverse("survey:monitor-part", args=[study.pk])
        text = owner_of(study).get(part, headers={"hx-request": "true"}).content.decode()
        names = r'R-\w{6}|\d+ \w{3}, \d\d:\d\d|/survey/\d+|value="\w{64}"'
        texts.append(re.sub(names, "", text))
    assert texts[0] == texts[1]


def test_the_part_that_polls_stops_when_the_study_has_closed() -> None:
    study = make_open()
    answer_all(study)
    part = reverse("survey:monitor-part", args=[study.pk])
    client = owner_of(study)
    assert client.get(part).status_code == 302
    html = client.get(part, headers={"hx-request": "true"}).content.decode()
    assert 'hx-trigger="every 10s"' in html
    assert "<html" not in html
    Study.objects.update(state="closed", closed_at=timezone.now())
    assert "hx-trigger" not in client.get(part, headers={"hx-request": "true"}).content.decode()


def test_the_table_holds_one_row_a_rater_and_no_decision() -> None:
    study = make_open()
    session = answer_all(study, response_ms=100)
    rows = list(csv.reader(page_of(study, "monitor-csv").splitlines()))
    assert rows[0] == list(monitor.COLUMNS)
    row = dict(zip(*rows, strict=True))
    assert (row["rater"], row["answered"], row["median_response_ms"]) == (
        session.pseudonym, "8", "100",
    )  # fmt: skip
    assert "Fast" in row["flags"]
    assert not {"real", "artificial"} & set(row.values())


def test_practice_is_no_answer_and_no_image_where_somebody_stopped() -> None:
    study = make_open(practice=2)
    at_practice, _ = enter(study)
    at_images, _ = enter(study)
    send(at_practice, study, payload(plan(at_practice, study)["next"][0]["token"]))
    for _ in range(5):
        send(at_images, study, payload(plan(at_images, study)["next"][0]["token"]))
    Session.objects.update(last_seen_at=timezone.now() - timedelta(hours=2))
    found = monitor.monitor_of(study=study)
    assert found.counts.answers == 3
    assert found.stopped == [("practice image 2", 1), ("image 4", 1)]
    rows = list(csv.DictReader(page_of(study, "monitor-csv").splitlines()))
    assert sorted((row["answered"], row["total"]) for row in rows) == [("0", "8"), ("3", "8")]
    assert "3 of 8" in page_of(study)
    assert "; 3 answers." in page_of(study, "study")
    assert "3 of 8" in page_of(study, "study")


def test_counts_and_table_are_of_all_sessions_and_a_cut_list_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    study = make_open()
    for _ in range(3):
        answer_all(study)
    for name in ("monitor", "study"):
        assert "the 2 seen last of 3" not in page_of(study, name)
    for module in (monitor, studies):
        monkeypatch.setattr(module, "MOST", 2)
    found = monitor.monitor_of(study=study)
    assert (found.counts.finished, found.counts.answers, len(found.raters)) == (3, 24, 2)
    assert sum(bar.count for bar in found.bars) == 24
    assert len(list(csv.DictReader(page_of(study, "monitor-csv").splitlines()))) == 3
    for name in ("monitor", "study"):
        page = page_of(study, name)
        assert "the 2 seen last of 3" in page
    assert "of 3 who began" in page_of(study)
    assert "<b>3</b> finished" in page_of(study, "study")
    assert "; 24 answers." in page_of(study, "study")


def test_an_image_shown_again_is_flagged_by_how_many() -> None:
    study = make_open()
    client, session = enter(study)
    fetched_long_before(session)
    for again in (0, 1, 2):
        send(client, study, payload(plan(client, study)["next"][0]["token"], again=again > 0))
    flags = {flag.key: flag.text for flag in monitor.flags_of(session=session)}
    assert flags["again"] == "Loaded 2 images again before the answer"
