"""The tour: refused where a role is missing, and the whole way as real runs."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from runs.models import Run, Status
from survey.models import State, Study, Use
from tests.web.factories import make_dataset, make_image, make_user
from tests.web.survey.makers import make_open, prepare
from tests.web.tour.at_hand import micrographs, work_until_idle
from tour import studies
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


@pytest.mark.parametrize("allowed", [False, True])
def test_a_visitor_is_offered_the_game_only_where_visitors_may_play(
    client: Client, allowed: bool
) -> None:
    make_open(use=Use.GAME, real=5, artificial=5, visitors_allowed=allowed)
    game = reverse("survey:can-you-tell")
    assert (game in client.get("/").content.decode()) is allowed
    assert (client.get(game).status_code == 200) is allowed
    client.force_login(make_user(Role.CURATOR))
    assert game in client.get("/").content.decode()
    assert client.get(game).status_code == 200


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


def test_the_game_of_a_tour_tells_the_truth_of_no_image_that_a_study_asks_for(guide: User) -> None:
    real = make_dataset(owner=guide)
    artificial = make_dataset(owner=guide, kind="artificial")
    for dataset in (real, artificial):
        for _ in range(20):
            make_image(dataset=dataset)
    common = {"by": guide, "real": real, "artificial": artificial, "seed": 3}
    made = []
    for number in (1, 2):  # the second tour takes the same real images, and finds a game
        study = studies.study_of_tour(**common, number=number)  # type: ignore[arg-type]
        assert study is not None
        made.append(study)
        game = studies.game_of_tour(**common, number=number)  # type: ignore[arg-type]
        if number == 1:
            assert game is not None
            told = set(game.stimuli.values_list("source", flat=True))
            assert len(told) == 10
            Study.objects.filter(pk=game.pk).update(state=State.OPEN)
        else:
            assert game is None
    asked = [set(study.stimuli.values_list("source", flat=True)) for study in made]
    assert [bool(one & told) for one in asked] == [False, False]
    assert [len(one) for one in asked] == [12 + 15, 10 + 10]


def test_a_tour_with_few_images_has_a_study_and_no_game(guide: User) -> None:
    real, artificial = make_dataset(owner=guide), make_dataset(owner=guide, kind="artificial")
    for dataset, count in ((real, 4), (artificial, 3)):
        for _ in range(count):
            make_image(dataset=dataset)
    common = {"by": guide, "real": real, "artificial": artificial, "seed": 3, "number": 1}
    study = studies.study_of_tour(**common)  # type: ignore[arg-type]
    assert study is not None
    assert study.stimuli.count() == 7
    assert studies.game_of_tour(**common) is None  # type: ignore[arg-type]
    # It opens, as a demonstration does, and says that there was no shortcut audit.
    prepare(study)
    study.stimuli.update(figures={"png_bytes": 1000})
    Run.objects.filter(studies=study).update(status=Status.SUCCEEDED)
    assert studies.open_when_ready(study=study, by=guide) == ""
    assert "It needs 5 images of each kind" in study.protocols.get().document["unchecked"]
