"""Images of a run are filtered and picked by hand, as those of a dataset are."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from runs.models import Run
from survey import services
from survey.models import Study
from tests.web.factories import make_pair, make_run, make_user

pytestmark = pytest.mark.django_db


def made_by_three(owner: User) -> Run:
    """Two spheres and a cube by the paper's renderer, another sphere by a network."""
    run = make_run(owner=owner)
    spheres, cubes = (
        make_run(owner=owner, stage="simulate", spec={"shapes": [shape]})
        for shape in ("sphere", "rounded_cube")
    )
    for scene, generator in (
        (spheres, "physics"),
        (spheres, "physics"),
        (cubes, "physics"),
        (spheres, "cyclegan 3"),
    ):
        make_pair(run=run, scene_run=scene, generator=generator)
    return run


@pytest.fixture
def owner() -> User:
    return make_user(Role.ORGANISER)


@pytest.fixture
def study(owner: User) -> Study:
    return services.study_create(owner=owner, name="By hand")


def listed(page: str) -> list[str]:
    return re.findall(r"Pair (\d+), ([\w ]+)", page)


def test_shapes_and_generators_of_a_run_can_be_chosen_and_stay_chosen(
    owner: User, study: Study, client: Client
) -> None:
    run = made_by_three(owner)
    client.force_login(owner)
    address = reverse("survey:images", args=[study.pk])
    page = client.get(address, {"source": f"run-{run.pk}"}).content.decode()
    assert len(listed(page)) == 4
    for name in ("sphere", "rounded cube", "physics", "cyclegan 3"):
        assert f"<option>{name}</option>" in page
    for filters, left in (
        ({"shape": "sphere"}, 3),
        ({"shape": "rounded cube"}, 1),
        ({"generator": "physics"}, 3),
        ({"shape": "sphere", "generator": "physics"}, 2),
        ({"shape": "rod"}, 0),
    ):
        page = client.get(address, {"source": f"run-{run.pk}", **filters}).content.decode()
        assert len(listed(page)) == left, filters


def test_what_is_ticked_of_a_filtered_run_and_only_that_is_added(
    owner: User, study: Study, client: Client
) -> None:
    run = made_by_three(owner)
    client.force_login(owner)
    spheres = list(run.pairs.order_by("pk").values_list("pk", flat=True))
    sent = {
        "source": f"run-{run.pk}",
        "shape": "sphere",
        "generator": "physics",
        # The second is by another generator: the filter leaves it out whatever is sent.
        "pick": [str(spheres[0]), str(spheres[3])],
    }
    client.post(reverse("survey:images-add", args=[study.pk]), sent)
    assert list(study.stimuli.values_list("pair", "arm")) == [(spheres[0], "physics")]
    sent = {**sent, "draw": "yes", "count": "10", "pick": []}
    client.post(reverse("survey:images-add", args=[study.pk]), sent)
    assert set(study.stimuli.values_list("pair", flat=True)) == {spheres[0], spheres[1]}
