"""The bundle is made by a worker once the figures are there, kept as a file, and sent."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from core.files import storage_name
from core.models import StoredFile
from survey import services
from survey.errors import StudyRefused
from survey.export import bundle as making
from survey.models import Analysis, Bundle, Study
from survey.services import bundles
from survey.services.analyses import analysis_start
from tests.web.factories import make_user
from tests.web.survey.closing import analysed, bundled, closed_from, matrix

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed() -> Study:
    return closed_from(matrix("some")[:3])


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bundle of two small files, in which the analysis stands by its number."""

    def files(*, study: Study, analysis: Analysis) -> Any:
        yield "README.md", f"Analysis {analysis.pk}".encode()
        yield "data.csv", b"a\n1\n"

    monkeypatch.setattr(making, "bundle_files", files)


def page_of(study: Study, name: str = "results", **headers: str) -> str:
    client = Client()
    client.force_login(study.owner)
    where = reverse(f"survey:{name}", args=[study.pk])
    return client.get(where, headers=headers).content.decode()


def download(study: Study) -> Any:
    client = Client()
    client.force_login(study.owner)
    return client.get(reverse("survey:results-bundle", args=[study.pk]))


@pytest.mark.usefixtures("quick")
def test_the_end_of_an_analysis_queues_the_bundle_and_the_page_says_how_far_it_is(
    closed: Study,
) -> None:
    analysis = analysed(closed)
    assert analysis.bundle.state == "queued"
    assert "waits for a worker" in page_of(closed)
    assert download(closed).status_code == 404
    Bundle.objects.update(state="running", done=7, total=160)
    part = page_of(closed, "results-bundle-progress", **{"HX-Request": "true"})
    assert "is being made" in part
    assert "7 of 160 files" in part
    assert 'hx-trigger="every 2s"' in part
    Bundle.objects.update(state="queued")
    made = bundled(closed)
    part = page_of(closed, "results-bundle-progress", **{"HX-Request": "true"})
    assert "hx-trigger" not in part
    link = f'href="{reverse("survey:results-bundle", args=[closed.pk])}"'
    assert link in part
    assert link in page_of(closed)
    got = download(closed)
    assert b"".join(got.streaming_content) == made
    assert got["Content-Type"] == "application/zip"
    assert "-bundle.zip" in got["Content-Disposition"]
    assert "immutable" not in got["Cache-Control"]


@pytest.mark.usefixtures("quick")
def test_the_worker_tells_each_file(closed: Study) -> None:
    analysed(closed)
    bundled(closed)
    bundle = Bundle.objects.get()
    assert (bundle.done, bundle.step) == (2, "data.csv")
    assert bundle.total >= bundle.done


@pytest.mark.usefixtures("quick")
def test_a_second_start_makes_no_second_bundle(closed: Study) -> None:
    analysis = analysed(closed)
    assert services.bundle_start(analysis=analysis) == analysis.bundle
    bundled(closed)
    assert services.bundle_start(analysis=analysis).state == "done"
    assert Bundle.objects.count() == 1


def test_without_figures_there_is_no_bundle(closed: Study) -> None:
    with pytest.raises(StudyRefused, match="not computed yet"):
        services.bundle_start(analysis=closed.analyses.get())


def test_what_fails_says_so_and_can_be_made_again_by_the_owner(
    closed: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    analysis = analysed(closed)

    def broken(**_: object) -> bytes:
        raise OSError("no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(making, "bundle_zip", broken)
        bundles.bundle_work(bundle_id=analysis.bundle.pk, own_thread=False)
    page = page_of(closed)
    assert "could not be made. The computation broke off" in page
    assert "no space left" not in page
    client = Client()
    client.force_login(closed.owner)
    again = reverse("survey:results-bundle-make", args=[closed.pk])
    assert client.post(again).status_code == 302
    assert Bundle.objects.get().state == "queued"


def test_figures_from_before_bundles_were_kept_have_a_button(closed: Study) -> None:
    analysed(closed).bundle.delete()
    page = page_of(closed)
    assert "is not made yet" in page
    assert reverse("survey:results-bundle-make", args=[closed.pk]) in page


@pytest.mark.usefixtures("quick")
def test_of_two_analyses_the_later_one_has_the_bundle_and_the_earlier_file_goes(
    closed: Study,
) -> None:
    analysed(closed)
    first = bundled(closed)
    kept = Bundle.objects.get().file
    analysis_start(study=closed, by=closed.owner)
    analysed(closed)
    assert download(closed).status_code == 404
    second = bundled(closed)
    assert second != first
    assert b"".join(download(closed).streaming_content) == second
    assert kept is not None
    kept.refresh_from_db()
    assert kept.discarded_at is not None
    assert Bundle.objects.count() == 1


@pytest.mark.usefixtures("quick")
def test_threat_18_with_an_erased_rater_the_bundle_is_gone_from_the_storage_at_once(
    closed: Study, django_capture_on_commit_callbacks: Any
) -> None:
    analysed(closed)
    bundled(closed)
    stored = Bundle.objects.get().file
    assert stored is not None
    assert default_storage.exists(storage_name(stored.sha256))
    with django_capture_on_commit_callbacks(execute=True):
        services.session_erase(session=closed.sessions.earliest("pk"))
    assert not default_storage.exists(storage_name(stored.sha256))
    assert not StoredFile.objects.filter(pk=stored.pk).exists()
    assert not Bundle.objects.exists()


def test_a_colleague_who_sees_the_results_gets_the_bundle_and_makes_none() -> None:
    study = closed_from(matrix("some")[:3], visibility="lab")
    analysed(study).bundle.delete()
    client = Client()
    client.force_login(make_user(Role.ANALYST))
    page = client.get(reverse("survey:results", args=[study.pk])).content.decode()
    assert "is not made yet" in page
    again = reverse("survey:results-bundle-make", args=[study.pk])
    assert again not in page
    assert client.post(again).status_code == 403
