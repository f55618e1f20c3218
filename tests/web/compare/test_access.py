"""Who sees which pair: whoever sees its run."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from core.access import Visibility
from core.files import bytes_store, file_open
from runs.models import Artifact, Pair
from tests.web.factories import make_pair, make_run, make_user

pytestmark = pytest.mark.django_db

PAGES = ["pair", "image", "height", "labels", "scene"]


@pytest.fixture
def analyst() -> User:
    return make_user(Role.ANALYST)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("page", PAGES)
def test_a_foreign_pair_is_not_there(analyst: User, page: str) -> None:
    foreign = make_pair()
    assert signed_in(analyst).get(reverse(f"compare:{page}", args=[foreign.pk])).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_a_visitor_is_sent_to_sign_in(page: str) -> None:
    response = Client().get(reverse(f"compare:{page}", args=[make_pair().pk]))
    assert response.status_code == 302
    assert reverse("accounts:sign-in") in response["Location"]


@pytest.mark.parametrize("page", ["index", *PAGES])
def test_a_rater_sees_no_pair(page: str) -> None:
    pair = make_pair(run=make_run(visibility=Visibility.LAB))
    arguments = [] if page == "index" else [pair.pk]
    response = signed_in(make_user(Role.RATER)).get(reverse(f"compare:{page}", args=arguments))
    assert response.status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_changed_by_a_visit(analyst: User, page: str) -> None:
    pair = make_pair(run=make_run(owner=analyst))
    assert signed_in(analyst).post(reverse(f"compare:{page}", args=[pair.pk])).status_code == 405


def test_a_pair_of_a_lab_wide_run_is_there_for_every_member(analyst: User) -> None:
    pair = make_pair(run=make_run(visibility=Visibility.LAB))
    assert signed_in(analyst).get(reverse("compare:pair", args=[pair.pk])).status_code == 200


def test_a_shared_run_shows_its_pairs_to_whom_it_is_shared_with(analyst: User) -> None:
    run = make_run(visibility=Visibility.SHARED)
    pair = make_pair(run=run)
    client = signed_in(analyst)
    assert client.get(reverse("compare:pair", args=[pair.pk])).status_code == 404
    run.shared_with.add(analyst)
    assert client.get(reverse("compare:pair", args=[pair.pk])).status_code == 200


def test_the_files_are_sent_as_they_were_made(analyst: User) -> None:
    pair = make_pair(run=make_run(owner=analyst))
    client = signed_in(analyst)
    for page in ("image", "height", "labels"):
        response = client.get(reverse(f"compare:{page}", args=[pair.pk]))
        with file_open(getattr(pair, page)) as stored:
            assert b"".join(response) == stored.read()
        assert response["Content-Type"] == "image/png"
        assert "private" in response["Cache-Control"]


def test_the_truth_of_the_scene_is_sent_where_there_is_one(analyst: User) -> None:
    scenes = make_run(stage="simulate")  # foreign, but the pair is the analyst's own
    pair = make_pair(run=make_run(owner=analyst), scene_run=scenes, scene_index=3)
    client = signed_in(analyst)
    assert client.get(reverse("compare:scene", args=[pair.pk])).status_code == 404
    truth = bytes_store(b'{"particles": []}', media_type="application/json")
    Artifact.objects.create(run=scenes, path="scenes/00003/scene.json", role="scene", file=truth)
    sent = client.get(reverse("compare:scene", args=[pair.pk]))
    assert json.loads(b"".join(sent)) == {"particles": []}


def test_the_list_holds_what_is_visible_and_nothing_else(analyst: User) -> None:
    own = make_pair(run=make_run(owner=analyst))
    make_pair()
    page = signed_in(analyst).get(reverse("compare:index")).context["page"]
    assert [pair.pk for pair in page.rows] == [own.pk]


def test_a_foreign_image_of_the_same_scene_is_not_offered(analyst: User) -> None:
    scenes = make_run(owner=analyst, stage="simulate")
    own = make_pair(run=make_run(owner=analyst), scene_run=scenes)
    make_pair(scene_run=scenes)
    lab_wide = make_pair(
        run=make_run(visibility=Visibility.LAB), scene_run=scenes, generator="cyclegan"
    )
    context = signed_in(analyst).get(reverse("compare:pair", args=[own.pk])).context
    assert [other.pk for other in context["others"]] == [lab_wide.pk]


def test_a_scene_run_that_is_not_shared_is_named_without_a_link(analyst: User) -> None:
    pair: Pair = make_pair(run=make_run(owner=analyst), scene_run=make_run(stage="simulate"))
    response = signed_in(analyst).get(reverse("compare:pair", args=[pair.pk]))
    assert not response.context["scene_is_visible"]
    assert f"run {pair.scene_run_id}, which is not shared with you" in response.content.decode()
    assert pair.scene_run.name not in response.content.decode()
