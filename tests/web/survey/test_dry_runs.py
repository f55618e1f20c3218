"""Simulated raters take a draft through its addresses; nothing of it enters a result."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from survey import services
from survey.errors import StudyRefused
from survey.models import DryRun, Session, Study
from survey.services import dry_runs, jobs
from survey.services.dry_running import entrance_of
from tests.web.factories import make_user
from tests.web.survey.makers import finish, make_draft, make_open, plan

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The messages that would have been sent."""
    numbers: list[int] = []

    def send(task: str, pk: int, *, queue: str) -> bool:
        numbers.append(pk)
        return True

    monkeypatch.setattr(jobs, "send", send)
    return numbers


def begun(study: Study, **fields: Any) -> DryRun:
    return services.dry_run_start(
        study=study, by=study.owner, address="http://testserver/", **fields
    )


def enter(dry_run: DryRun, profile: str = "random") -> Client:
    client = Client()
    client.get(entrance_of(dry_run, profile))
    code = dry_run.study.code
    client.post(reverse("survey:take-consent", args=[code]), {"agreed": "yes"})
    client.post(reverse("survey:take-begin", args=[code]))
    return client


def claimed(study: Study) -> DryRun:
    found = dry_runs.dry_run_claim(dry_run_id=begun(study).pk)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("raters", "said"),
    [({"random": 61}, "Let 1 to 60"), ({"random": 0}, "Let 1 to 60"), ({"sly": 1}, "no such")],
)
def test_raters_that_there_are_not_are_refused(raters: dict[str, int], said: str) -> None:
    study = make_draft()
    with pytest.raises(StudyRefused, match=said):
        begun(study, raters=raters)


def test_only_a_prepared_draft_is_taken_and_by_one_dry_run_at_a_time() -> None:
    with pytest.raises(StudyRefused, match="Only a draft"):
        begun(make_open())
    with pytest.raises(StudyRefused, match="prepare the images first"):
        begun(make_draft(prepared=False))
    study = make_draft()
    begun(study)
    with pytest.raises(StudyRefused, match="on its way already"):
        begun(study)


def test_a_worker_is_told_after_the_commit(
    sent: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        dry_run = begun(make_draft())
        assert sent == []
    assert sent == [dry_run.pk]
    dry_run.refresh_from_db()
    assert dry_run.published_at is not None


def test_of_two_workers_one_gets_it_and_a_second_message_does_nothing() -> None:
    dry_run = begun(make_draft())
    assert dry_runs.dry_run_claim(dry_run_id=dry_run.pk) is not None
    assert dry_runs.dry_run_claim(dry_run_id=dry_run.pk) is None


def test_no_other_token_opens_the_door() -> None:
    study = make_draft()
    dry_run = claimed(study)
    for token in (
        "nothing",
        signing.dumps([dry_run.pk, 1, "random"], salt="another"),
        signing.dumps([dry_run.pk, 2, "random"], salt=services.DRY_RUN_SALT),
        signing.dumps("a", salt=services.DRY_RUN_SALT),
    ):
        response = Client().get(reverse("survey:dry-run-join", args=[token]))
        assert response.status_code == 404
        assert not response.cookies


def test_the_door_shuts_when_the_dry_run_is_stopped() -> None:
    dry_run = claimed(make_draft())
    client = Client()
    client.get(entrance_of(dry_run, "random"))
    services.dry_run_stop(dry_run=dry_run, by=dry_run.study.owner)
    consent = reverse("survey:take-consent", args=[dry_run.study.code])
    assert client.post(consent, {"agreed": "yes"}).status_code == 404
    assert Client().get(entrance_of(dry_run, "random")).status_code == 404


def test_a_simulated_session_is_marked_and_never_a_rater() -> None:
    dry_run = claimed(make_draft())
    client = enter(dry_run, "skilled")
    finish(client, dry_run.study)
    session = Session.objects.get()
    assert (session.kind, session.state) == (Session.Kind.SIMULATED, Session.State.FINISHED)
    assert (session.dry_run, session.simulated_as) == (dry_run, "skilled")
    study = Study.objects.get()
    assert study.session_count == 0


def test_opening_forgets_what_simulated_raters_left_and_stops_them() -> None:
    dry_run = claimed(make_draft())
    client = enter(dry_run)
    study = dry_run.study
    services.study_open(study=study, by=study.owner)
    assert Session.objects.count() == 0
    dry_run.refresh_from_db()
    assert dry_run.state == DryRun.State.STOPPED
    assert client.get(reverse("survey:take-plan", args=[study.code])).status_code == 404


def test_forgetting_deletes_it_with_all_its_answers() -> None:
    dry_run = claimed(make_draft())
    finish(enter(dry_run), dry_run.study)
    services.dry_run_stop(dry_run=dry_run, by=dry_run.study.owner)
    services.dry_run_forget(dry_run=dry_run, by=dry_run.study.owner)
    assert (DryRun.objects.count(), Session.objects.count()) == (0, 0)


def test_a_worker_that_fell_silent_loses_it_and_the_next_begins_anew(sent: list[int]) -> None:
    dry_run = claimed(make_draft())
    enter(dry_run)
    long_ago = timezone.now() - timedelta(hours=1)
    DryRun.objects.update(seen_at=long_ago, created_at=long_ago)
    dry_runs.JOBS.sweep(queues=("simulate",), idle=True)
    assert sent == []
    dry_runs.JOBS.sweep(queues=("interactive",), idle=True)
    assert sent == [dry_run.pk]
    assert not dry_runs.JOBS.seen(dry_run), "the silent one wakes, and is nobody now"
    again = dry_runs.dry_run_claim(dry_run_id=dry_run.pk)
    assert again is not None
    assert again.attempts == 2
    assert Session.objects.count() == 0
    DryRun.objects.update(seen_at=long_ago, attempts=3)
    dry_runs.JOBS.sweep(queues=(), idle=False)
    again.refresh_from_db()
    assert again.state == DryRun.State.FAILED


def test_the_page_starts_stops_and_shows_it() -> None:
    study = make_draft()
    client = Client()
    client.force_login(study.owner)
    page = reverse("survey:dry-run", args=[study.pk])
    start = reverse("survey:dry-run-start", args=[study.pk])
    assert "Start the dry run" in client.get(page).content.decode()
    counts = dict.fromkeys(dry_runs.RATERS, 1)
    assert client.post(start, counts | {"random": 99}).status_code == 422
    assert client.post(start, counts, headers={"host": "elsewhere.example"}).status_code == 400
    assert client.post(start, counts).status_code == 302
    dry_run = DryRun.objects.get()
    assert dry_run.plan["address"] == "http://testserver/"
    assert "Waiting for a worker" in client.get(page).content.decode()
    client.post(reverse("survey:dry-run-stop", args=[study.pk, dry_run.pk]))
    assert "Stopped by the organiser" in client.get(page).content.decode()
    client.post(reverse("survey:dry-run-forget", args=[study.pk, dry_run.pk]))
    assert DryRun.objects.count() == 0


def test_somebody_else_s_dry_run_is_not_there() -> None:
    dry_run = begun(make_draft())
    client = Client()
    client.force_login(make_user(Role.ORGANISER))
    stop = reverse("survey:dry-run-stop", args=[dry_run.study_id, dry_run.pk])
    assert client.post(stop).status_code == 404


def test_a_simulated_rater_learns_nothing_that_people_do_not() -> None:
    dry_run = claimed(make_draft())
    told = plan(enter(dry_run), dry_run.study)
    assert set(told) <= {"total", "answered", "practice", "next"}
