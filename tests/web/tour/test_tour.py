"""The tour: refused where a role is missing, and the whole way as real runs."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from runs.models import Run, Status
from tests.web.factories import make_user
from tests.web.tour.at_hand import micrographs, work_until_idle
from tour.models import Tour
from tour.selectors import steps_of
from tour.services import tour_start

pytestmark = pytest.mark.django_db


@pytest.fixture
def guide() -> User:
    return make_user(Role.CURATOR, Role.ANALYST, Role.ORGANISER, Role.REVIEWER)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = micrographs(tmp_path / "powder")
    monkeypatch.setenv("SEMBLANCE_DATA", str(root))
    return root


def test_a_visitor_sees_what_it_is_and_where_to_sign_in(client: Client) -> None:
    page = client.get("/").content.decode()
    assert reverse("accounts:sign-in") in page
    assert "Run the tour" not in page


def test_a_rater_is_told_to_open_their_link(client: Client) -> None:
    client.force_login(make_user(Role.RATER))
    assert "Open the link that you were sent" in client.get("/").content.decode()
    assert client.post(reverse("tour:start")).status_code == 403


def test_whoever_lacks_a_role_is_told_which(client: Client) -> None:
    client.force_login(make_user(Role.CURATOR))
    page = client.post(reverse("tour:start"), follow=True).content.decode()
    assert "you lack the role analyst, organiser" in page
    assert not Tour.objects.exists()


def test_a_tour_of_another_size_is_refused(client: Client, guide: User) -> None:
    client.force_login(guide)
    client.post(reverse("tour:start"), {"size": "enormous"})
    assert not Tour.objects.exists()


def test_a_fragment_opened_as_a_page_leads_to_the_page(client: Client, guide: User) -> None:
    client.force_login(guide)
    answer = client.get(reverse("tour:checklist"))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_a_tour_starts_what_needs_no_real_image_at_once(
    client: Client, guide: User, folder: Path
) -> None:
    client.force_login(guide)
    page = client.post(reverse("tour:start"), {"size": "quick"}, follow=True).content.decode()
    states = dict(Run.objects.values_list("stage", "status"))
    assert states == {
        "ingest": "queued",
        "simulate": "queued",
        "render": "waiting",
        "segment-train": "waiting",
    }
    assert 'hx-trigger="every 2s"' in page


def test_a_tour_goes_on_without_real_images_and_says_what_to_do(
    guide: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEMBLANCE_DATA", str(tmp_path / "nothing"))
    monkeypatch.setenv("SEMBLANCE_MIRROR", (tmp_path / "no-mirror").as_uri())
    tour = tour_start(by=guide, size="quick")
    fetch = Run.objects.get(stage="fetch")
    Run.objects.filter(stage__in=["simulate"]).update(status=Status.CANCELLED)
    work_until_idle()
    fetch.refresh_from_db()
    assert fetch.status == Status.FAILED
    tour.refresh_from_db()
    assert "SEMBLANCE_DATA=/folder/of/images make run" in tour.problem
    [real, *_] = steps_of(tour)
    assert real.state == "failed"
