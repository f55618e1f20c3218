"""Runs through the API: refused first, then started, cancelled, read."""

import pytest

from accounts.models import Role, User
from catalog.services import version_freeze
from runs.models import Run, Status
from runs.services import run_start
from tests.web.api.conftest import client_of
from tests.web.factories import make_dataset, make_image, make_pair, make_run, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def foreign() -> Run:
    return make_run(owner=make_user(Role.ANALYST))


def test_a_foreign_run_is_not_there(analyst: User, foreign: Run) -> None:
    client = client_of(analyst)
    for address in ("", "artifacts/", "pairs/"):
        assert client.get(f"/api/runs/{foreign.pk}/{address}").status_code == 404
    for action in ("cancel", "resume", "retry"):
        assert client.post(f"/api/runs/{foreign.pk}/{action}/").status_code == 404


def test_a_curator_starts_no_run(curator: User) -> None:
    assert client_of(curator).post("/api/runs/", {"stage": "simulate"}).status_code == 403


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"stage": "bake"}, "stage"),
        ({"stage": "simulate", "spec": {"scenes": 0}}, "scenes"),
        ({"stage": "simulate", "spec": {"scene": 1}}, "scene"),
        ({"stage": "simulate", "seed": -1}, "seed"),
        ({"stage": "render"}, "scenes"),
        ({"stage": "render", "inputs": [{"field": "scenes", "run": 99_999}]}, "inputs"),
        ({"stage": "render", "inputs": [{"field": "scenes"}]}, "inputs"),
    ],
)
def test_what_cannot_run_is_refused_by_field(
    analyst: User, asked: dict[str, object], field: str
) -> None:
    answer = client_of(analyst).post("/api/runs/", asked)
    assert answer.status_code == 400, answer.json()
    assert field in answer.json()
    assert not Run.objects.exists()


def test_a_foreign_dataset_cannot_be_read_through_a_run(analyst: User) -> None:
    dataset = make_dataset()
    make_image(dataset=dataset)
    version = version_freeze(dataset=dataset, by=dataset.owner)
    asked = {
        "stage": "segment-predict",
        "inputs": [{"field": "images", "version": version.pk}],
    }
    assert client_of(analyst).post("/api/runs/", asked).status_code == 400


def test_an_analyst_starts_and_cancels_a_run(analyst: User) -> None:
    client = client_of(analyst)
    started = client.post("/api/runs/", {"stage": "simulate", "spec": {"scenes": 1}, "seed": 7})
    assert started.status_code == 201, started.json()
    row = started.json()
    assert (row["stage"], row["seed"], row["status"]) == ("simulate", 7, "queued")
    cancelled = client.post(f"/api/runs/{row['id']}/cancel/")
    assert cancelled.status_code == 200
    assert cancelled.json()["status"] == "cancelled"


def test_a_run_that_reads_another_waits_for_it(analyst: User) -> None:
    scenes = run_start(owner=analyst, stage="simulate", spec={"scenes": 1})
    asked = {"stage": "render", "inputs": [{"field": "scenes", "run": scenes.pk}]}
    answer = client_of(analyst).post("/api/runs/", asked)
    assert answer.status_code == 201, answer.json()
    assert answer.json()["status"] == Status.WAITING
    assert answer.json()["inputs"][0]["source_run"] == scenes.pk


def test_runs_are_listed_newest_first_and_filtered(analyst: User, foreign: Run) -> None:
    mine = [make_run(owner=analyst, stage=stage) for stage in ("simulate", "render", "render")]
    client = client_of(analyst)
    rows = client.get("/api/runs/").json()["results"]
    assert [row["id"] for row in rows] == [run.pk for run in reversed(mine)]
    assert len(client.get("/api/runs/?stage=render").json()["results"]) == 2
    assert client.get("/api/runs/?launch=x").status_code == 400


def test_a_pair_tells_the_scene_it_was_made_from(analyst: User) -> None:
    pair = make_pair(run=make_run(owner=analyst, stage="render"))
    row = client_of(analyst).get(f"/api/pairs/{pair.pk}/").json()
    assert row["scene_run"] == pair.scene_run_id
