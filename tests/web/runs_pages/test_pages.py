"""What the pages of runs say."""

import json

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import Role, User
from catalog.services import version_freeze
from runs.comparing import ABSENT
from runs.datasets import dataset_from_run
from runs.errors import RunRefused
from runs.lineage import lineage_of_image, lineage_of_run
from runs.models import Launch, LogLine, Metric, Run, RunInput, Sample, Status
from runs.nodes import Branch, Lineage
from tests.web.factories import make_file, make_pair, make_run, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def analyst(client: Client) -> User:
    user = make_user(Role.ANALYST, Role.CURATOR)
    client.force_login(user)
    return user


@pytest.mark.parametrize("status", Status.values)
def test_a_run_has_its_page_in_every_state(client: Client, analyst: User, status: str) -> None:
    run = make_run(owner=analyst, status=status, problem="The focus is too low.")
    page = client.get(reverse("runs:run", args=[run.pk])).content.decode()
    assert Status(status).label in page
    assert "The focus is too low." in page
    polls = 'hx-trigger="every 2s"' in page
    assert polls == (not run.is_final)


@pytest.mark.parametrize("tab", ["metrics", "images", "log", "artifacts", "lineage"])
def test_every_tab_opens_of_a_run_that_has_nothing_yet(
    client: Client, analyst: User, tab: str
) -> None:
    run = make_run(owner=analyst, status=Status.QUEUED)
    assert client.get(reverse(f"runs:run-{tab}", args=[run.pk])).status_code == 200


def test_success_with_warnings_is_a_state_of_its_own(client: Client, analyst: User) -> None:
    run = make_run(owner=analyst, warnings=["No pixel size."])
    page = client.get(reverse("runs:run", args=[run.pk])).content.decode()
    assert "Succeeded, with warnings" in page
    assert "badge-warnings" in page
    assert "No pixel size." in page


def test_curves_send_only_what_is_new(client: Client, analyst: User) -> None:
    run = make_run(owner=analyst, status=Status.RUNNING)
    for step in range(3):
        Metric.objects.create(run=run, name="loss", step=step, value=1 / (step + 1))
    address = reverse("runs:curves", args=[run.pk])
    first = client.get(address).json()
    assert [point[0] for point in first["points"]["loss"]] == [0, 1, 2]
    Metric.objects.create(run=run, name="loss", step=3, value=0.1)
    second = client.get(f"{address}?after={first['after']}").json()
    assert second["points"] == {"loss": [[3, 0.1]]}
    assert not second["final"]


def test_samples_are_told_by_caption_and_step(client: Client, analyst: User) -> None:
    run = make_run(owner=analyst, status=Status.RUNNING)
    for step in (200, 100):
        path = f"samples/{step}.png"
        Sample.objects.create(run=run, path=path, caption="scene 0", step=step, file=make_file())
    series = client.get(reverse("runs:samples", args=[run.pk])).json()["series"]
    assert [one["step"] for one in series[0]["steps"]] == [100, 200]


def test_the_log_escapes_what_a_stage_said(client: Client, analyst: User) -> None:
    run = make_run(owner=analyst)
    LogLine.objects.create(run=run, level="info", message="<script>alert(1)</script>")
    page = client.get(reverse("runs:run-log", args=[run.pk])).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page


def test_the_list_costs_the_same_however_many_runs_there_are(
    client: Client, analyst: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(40):
        make_run(owner=analyst)
    with django_assert_max_num_queries(6):
        client.get(reverse("runs:index"))


def test_a_hundred_runs_are_compared_in_few_queries(
    client: Client, analyst: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    runs = [make_run(owner=analyst, spec={"steps": n}, metrics={"f1": 0.5}) for n in range(100)]
    query = "&".join(f"run={run.pk}" for run in runs)
    with django_assert_max_num_queries(6):
        page = client.get(f"{reverse('runs:compare')}?{query}")
    assert page.status_code == 200


def test_a_comparison_names_the_parameters_that_differ(client: Client, analyst: User) -> None:
    one = make_run(owner=analyst, spec={"steps": 10, "batch": 4})
    two = make_run(owner=analyst, spec={"steps": 20, "batch": 4})
    page = client.get(f"{reverse('runs:compare')}?run={one.pk}&run={two.pk}")
    assert [row.name for row in page.context["parameters"]] == ["steps"]


def test_a_parameter_that_a_stage_has_not_is_no_value_in_a_comparison(
    client: Client, analyst: User
) -> None:
    """Beside "0 to 1.5 px/µm" the word "none" would be read as a value: no defocus."""
    drop = make_run(owner=analyst, stage="simulate", spec={"nm_per_px": 7.0, "seed": 0})
    render = make_run(owner=analyst, stage="render", spec={"seed": 0, "dwell": None})
    page = client.get(f"{reverse('runs:compare')}?run={drop.pk}&run={render.pk}")
    told = {row.name: (row.values, row.unit) for row in page.context["parameters"]}
    assert told == {
        "stage": (["simulate", "render"], ""),
        "nm_per_px": ([7.0, ABSENT], "nm/px"),
        "dwell": ([ABSENT, None], ""),
    }
    text = page.content.decode()
    assert '>Pixel size <span class="quiet">nm/px</span></th>' in text
    assert f"{ABSENT} stands where a run has no such parameter" in text


def test_a_foreign_run_is_left_out_of_a_comparison(client: Client, analyst: User) -> None:
    mine, foreign = make_run(owner=analyst), make_run()
    answer = client.get(f"{reverse('runs:compare')}?run={mine.pk}&run={foreign.pk}")
    assert answer.status_code == 302


# ---- datasets of runs ----------------------------------------------------------------------------


def test_an_unfinished_run_gives_no_dataset(analyst: User) -> None:
    run = make_run(owner=analyst, status=Status.RUNNING)
    with pytest.raises(RunRefused):
        dataset_from_run(run=run, by=analyst, name="Too early")


def test_the_images_of_a_run_become_a_dataset_that_knows_where_they_come_from(
    analyst: User,
) -> None:
    pair = make_pair(run=make_run(owner=analyst))
    dataset = dataset_from_run(run=pair.run, by=analyst, name="Artificial")
    again = dataset_from_run(run=pair.run, by=analyst, name="Artificial")
    assert again == dataset
    image = dataset.images.get()
    assert image.origin.pair == pair
    assert image.nm_per_px == pair.nm_per_px
    assert image.truth_id == pair.labels_id


# ---- lineage -------------------------------------------------------------------------------------


def titles(branches: list[Branch]) -> list[str]:
    found = []
    for branch in branches:
        found += [branch.node.key, *titles(branch.branches)]
    return found


@pytest.fixture
def chain(analyst: User) -> dict[str, Run]:
    """simulate -> render -> dataset -> version -> segment-predict"""
    scenes = make_run(owner=analyst, stage="simulate")
    render = make_run(owner=analyst, stage="render")
    RunInput.objects.create(run=render, field="scenes", source_run=scenes)
    make_pair(run=render, scene_run=scenes)
    dataset = dataset_from_run(run=render, by=analyst, name="Artificial")
    version = version_freeze(dataset=dataset, by=analyst)
    predict = make_run(owner=analyst, stage="segment-predict")
    RunInput.objects.create(run=predict, field="images", version=version)
    return {"scenes": scenes, "render": render, "predict": predict}


def test_lineage_is_walked_from_the_last_run_to_the_first_drop(
    analyst: User, chain: dict[str, Run]
) -> None:
    up: Lineage = lineage_of_run(run=chain["predict"], user=analyst)
    assert f"run:{chain['scenes'].pk}" in titles(up.made_from)
    assert up.led_to == []


def test_lineage_is_walked_from_the_first_drop_to_the_last_run(
    analyst: User, chain: dict[str, Run]
) -> None:
    down = lineage_of_run(run=chain["scenes"], user=analyst)
    assert f"run:{chain['predict'].pk}" in titles(down.led_to)
    assert down.made_from == []


def test_an_image_knows_its_drop_and_what_read_it(analyst: User, chain: dict[str, Run]) -> None:
    image = chain["render"].images_made.get().image
    lineage = lineage_of_image(image=image, user=analyst)
    assert f"run:{chain['scenes'].pk}" in titles(lineage.made_from)
    assert f"run:{chain['predict'].pk}" in titles(lineage.led_to)


def test_what_is_not_shared_stays_unnamed_in_a_lineage(chain: dict[str, Run]) -> None:
    predict = chain["predict"]
    predict.visibility = "lab"
    predict.save()
    lineage = lineage_of_run(run=predict, user=make_user(Role.ANALYST))
    [branch] = lineage.made_from
    assert branch.node.title == "A dataset that is not shared with you"
    assert branch.branches == []


def test_lineage_is_exported_as_one_json(client: Client, chain: dict[str, Run]) -> None:
    for kind, pk in (
        ("run", chain["render"].pk),
        ("image", chain["render"].images_made.get().image_id),
        ("version", chain["predict"].inputs.get().version_id),
    ):
        answer = client.get(reverse("runs:lineage-json", args=[kind, pk]))
        assert json.loads(answer.content)["format"] == "semblance-lineage"
        assert client.get(reverse("runs:lineage", args=[kind, pk])).status_code == 200
    assert client.get("/runs/lineage/planet/1").status_code == 404


# ---- finding -------------------------------------------------------------------------------------


def test_runs_are_found_by_name_and_lead_to_their_launch(client: Client, analyst: User) -> None:
    launch = Launch.objects.create(owner=analyst, name="Whole way")
    found = make_run(owner=analyst, name="Titania drop", launch=launch)
    make_run(owner=analyst, name="Silica drop")
    page = client.get(reverse("runs:index") + "?name=titania")
    assert [row.run for row in page.context["rows"]] == [found]
    assert reverse("runs:launch", args=[launch.pk]) in page.content.decode()


def test_the_list_does_not_name_a_launch_that_is_not_shared(client: Client, analyst: User) -> None:
    owner = make_user(Role.ANALYST)
    launch = Launch.objects.create(owner=owner, name="Secret way")
    make_run(owner=owner, launch=launch, visibility="lab", name="Shared run")
    page = client.get(reverse("runs:index")).content.decode()
    assert "Shared run" in page
    assert "Secret way" not in page


def test_a_comparison_tells_what_the_runs_read(client: Client, analyst: User) -> None:
    source = make_run(owner=analyst)
    one, other = make_run(owner=analyst), make_run(owner=analyst)
    RunInput.objects.create(run=one, field="pairs", source_run=source)
    page = client.get(f"{reverse('runs:compare')}?run={one.pk}&run={other.pk}")
    [row] = page.context["parameters"]
    assert (row.name, row.values) == ("pairs", [f"run {source.pk}", None])
