"""Every address of runs, launches, lineage and comparisons, asked by everybody."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from runs.models import Artifact, Launch, Run, RunInput, Sample, Status
from runs.sharing import runs_follow
from tests.web.access import Door, make_people, reading, walk
from tests.web.factories import make_dataset, make_file, make_run, make_user, make_version

pytestmark = pytest.mark.django_db

OF_A_RUN = (
    "run", "run-metrics", "run-images", "run-log", "run-artifacts", "run-lineage", "log-lines",
    "log-text", "archive", "badge", "curves", "samples",
)  # fmt: skip


@pytest.fixture
def run() -> Run:
    owner = make_user(Role.ANALYST)
    launch = Launch.objects.create(owner=owner, name="Whole way")
    run = make_run(owner=owner, stage="segment-train", launch=launch)
    Artifact.objects.create(run=run, path="weights/a.bin", role="weights", file=make_file())
    Sample.objects.create(run=run, path="a.png", caption="a", file=make_file())
    return run


@pytest.mark.parametrize("visibility", ["private", "lab"])
def test_every_page_answers_each_role_as_it_should(run: Run, visibility: str) -> None:
    Run.objects.update(visibility=visibility)
    Launch.objects.update(visibility=visibility)
    seen = visibility == "lab"
    addresses = [reverse(f"runs:{name}", args=[run.pk]) for name in OF_A_RUN]
    addresses += [
        reverse("runs:launch", args=[run.launch_id]),
        reverse("runs:artifact", args=[run.artifacts.get().pk]),
        reverse("runs:sample", args=[run.samples.get().pk]),
        reverse("runs:lineage", args=["run", run.pk]),
        reverse("runs:lineage-json", args=["run", run.pk]),
    ]
    doors = [Door(url=one, expected=reading(seen=seen)) for one in addresses]
    assert walk(doors, make_people(owner=run.owner)) == []


@pytest.mark.parametrize(("visibility", "others"), [("private", 404), ("lab", 403)])
def test_only_its_owner_shares_a_run_or_a_launch(run: Run, visibility: str, others: int) -> None:
    Run.objects.update(visibility=visibility)
    Launch.objects.update(visibility=visibility)
    expected = {"owner": 302, "admin": 302, "visitor": 302, "rater": 403, "analyst": others}
    doors = [
        Door(url=url, method="post", data={"visibility": "lab"}, expected=expected)
        for url in (
            reverse("runs:share", args=[run.pk]),
            reverse("runs:launch-share", args=[run.launch_id]),
        )
    ]
    assert walk(doors, make_people(owner=run.owner)) == []


def test_the_runs_of_a_launch_are_shared_with_it(client: Client, run: Run) -> None:
    guest = make_user(Role.REVIEWER, name="grace")
    client.force_login(run.owner)
    data = {"visibility": "shared", "people": "grace"}
    assert client.post(reverse("runs:launch-share", args=[run.launch_id]), data).status_code == 302
    client.force_login(guest)
    assert client.get(reverse("runs:run", args=[run.pk])).status_code == 200


def test_a_shared_launch_does_not_name_runs_that_are_private(client: Client, run: Run) -> None:
    launch = run.launch
    assert launch is not None
    launch.visibility = "lab"
    launch.save()
    client.force_login(make_user(Role.ANALYST))
    page = client.get(reverse("runs:launch", args=[launch.pk])).content.decode()
    assert run.name not in page
    assert "1 of its runs is not shared with you" in page
    runs_follow(launch=launch, by=run.owner)
    assert run.name in client.get(reverse("runs:launch", args=[launch.pk])).content.decode()


def test_a_shared_run_names_neither_its_private_launch_nor_its_private_inputs(
    client: Client, run: Run
) -> None:
    source = make_run(owner=run.owner, name="Secret scenes")
    version = make_version(dataset=make_dataset(owner=run.owner, name="Secret images"))
    RunInput.objects.create(run=run, field="pairs", source_run=source)
    RunInput.objects.create(run=run, field="real", version=version)
    Run.objects.filter(pk=run.pk).update(visibility="lab")
    client.force_login(make_user(Role.ANALYST))
    for name in ("run", "run-lineage"):
        page = client.get(reverse(f"runs:{name}", args=[run.pk])).content.decode()
        assert "Secret" not in page
        assert "Whole way" not in page
        assert "not shared with you" in page


def test_a_comparison_leaves_out_what_is_not_shared(client: Client, run: Run) -> None:
    analyst = make_user(Role.ANALYST)
    client.force_login(analyst)
    mine = [make_run(owner=analyst, status=Status.SUCCEEDED) for _ in range(2)]
    query = "&".join(f"run={one.pk}" for one in [run, *mine])
    page = client.get(f"{reverse('runs:compare')}?{query}")
    assert [row.run for row in page.context["rows"]] == mine
    for name in ("compare-curves", "compare-samples"):
        answer = client.get(f"{reverse(f'runs:{name}')}?{query}").content.decode()
        assert run.name not in answer
        assert f"/samples/{run.samples.get().pk}" not in answer
    alone = client.get(f"{reverse('runs:compare')}?run={run.pk}&run={mine[0].pk}")
    assert alone.status_code == 302
