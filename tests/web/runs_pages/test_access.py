"""Who may see and who may change runs, through every address."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from runs.models import Artifact, Run, Sample, Status
from tests.web.factories import make_file, make_run, make_user

pytestmark = pytest.mark.django_db

PAGES = (
    "run", "run-metrics", "run-images", "run-log", "run-artifacts", "run-lineage", "log-lines",
    "badge", "curves", "samples",
)  # fmt: skip
ACTIONS = ("cancel", "resume", "retry", "make-dataset")


@pytest.fixture
def foreign() -> Run:
    return make_run()


@pytest.mark.parametrize("page", PAGES)
def test_a_foreign_run_is_not_there(client: Client, foreign: Run, page: str) -> None:
    client.force_login(make_user(Role.ANALYST, Role.CURATOR))
    assert client.get(reverse(f"runs:{page}", args=[foreign.pk])).status_code == 404


@pytest.mark.parametrize("action", ACTIONS)
def test_nobody_acts_on_a_foreign_run(client: Client, foreign: Run, action: str) -> None:
    client.force_login(make_user(Role.ANALYST, Role.CURATOR))
    assert client.post(reverse(f"runs:{action}", args=[foreign.pk])).status_code == 404


def test_a_lab_wide_run_is_seen_but_not_cancelled_by_others(client: Client) -> None:
    run = make_run(visibility="lab", status=Status.RUNNING)
    client.force_login(make_user(Role.ANALYST))
    assert client.get(reverse("runs:run", args=[run.pk])).status_code == 200
    assert client.post(reverse("runs:cancel", args=[run.pk])).status_code == 403


@pytest.mark.parametrize("name", ["index", "new"])
def test_a_visitor_is_sent_to_sign_in(client: Client, name: str) -> None:
    answer = client.get(reverse(f"runs:{name}"))
    assert answer.status_code == 302
    assert reverse("accounts:sign-in") in answer.headers["Location"]


@pytest.mark.parametrize("name", ["index", "new"])
def test_a_rater_sees_no_runs(client: Client, name: str) -> None:
    client.force_login(make_user(Role.RATER))
    assert client.get(reverse(f"runs:{name}")).status_code == 403


def test_a_reviewer_starts_nothing(client: Client) -> None:
    client.force_login(make_user(Role.REVIEWER))
    assert client.get(reverse("runs:new-stage", args=["simulate"])).status_code == 403
    assert client.get(reverse("runs:launch-new", args=["quick"])).status_code == 403


def test_files_of_a_foreign_run_are_not_there(client: Client, foreign: Run) -> None:
    artifact = Artifact.objects.create(run=foreign, path="a.png", role="image", file=make_file())
    sample = Sample.objects.create(run=foreign, path="a.png", caption="a", file=make_file())
    client.force_login(make_user(Role.ANALYST))
    assert client.get(reverse("runs:artifact", args=[artifact.pk])).status_code == 404
    assert client.get(reverse("runs:sample", args=[sample.pk])).status_code == 404


def test_a_file_that_could_run_in_a_browser_is_only_downloaded(client: Client) -> None:
    run = make_run()
    file = make_file()
    file.media_type = "text/html"
    file.save()
    artifact = Artifact.objects.create(run=run, path="report.html", role="report", file=file)
    client.force_login(run.owner)
    answer = client.get(reverse("runs:artifact", args=[artifact.pk]))
    answer.close()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
