"""What a page asks of the database, however much there is."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import Role, User
from runs.lineage_walk import LEFT_OUT, MOST_DEEP
from runs.models import Artifact, Launch, LogLine, Metric, Run, RunInput, Sample, Status
from tests.web.factories import make_file, make_run, make_user

pytestmark = pytest.mark.django_db

# Session, user, the run, and what the page shows.
MOST = {
    "run": 16,
    "run-metrics": 10,
    "run-images": 11,
    "run-log": 11,
    "run-artifacts": 13,
    "run-lineage": 22,
    "live": 10,
    "badge": 4,
    "log-lines": 5,
    "curves": 5,
    "samples": 5,
}


@pytest.fixture
def analyst(client: Client) -> User:
    user = make_user(Role.ANALYST, Role.CURATOR)
    client.force_login(user)
    return user


@pytest.fixture
def run(analyst: User) -> Run:
    """A run with much of everything."""
    launch = Launch.objects.create(owner=analyst, name="Whole way")
    run = make_run(owner=analyst, stage="segment-train", status=Status.RUNNING, launch=launch)
    file = make_file()
    for number in range(30):
        source = make_run(owner=analyst, stage="render")
        RunInput.objects.create(run=run, field="pairs", position=number, source_run=source)
        Artifact.objects.create(run=run, path=f"{number}.png", role="image", file=file)
        Sample.objects.create(run=run, path=f"{number}", step=number, caption="a", file=file)
        Metric.objects.create(run=run, name="loss", step=number, value=1.0)
        LogLine.objects.create(run=run, level="info", message="a")
    return run


@pytest.mark.parametrize("page", [name for name in MOST if name != "run-lineage"])
def test_a_page_of_a_run_takes_few_queries(
    client: Client, run: Run, page: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    headers = {"HX-Request": "true"} if page == "live" else {}
    with django_assert_max_num_queries(MOST[page]):
        answer = client.get(reverse(f"runs:{page}", args=[run.pk]), headers=headers)
    assert answer.status_code == 200


def test_a_launch_takes_few_queries_for_many_runs(
    client: Client, run: Run, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(20):
        make_run(owner=run.owner, launch=run.launch)
    with django_assert_max_num_queries(14):
        client.get(reverse("runs:launch", args=[run.launch_id]))


@pytest.mark.parametrize(
    ("address", "most"),
    [
        (lambda: reverse("runs:index"), 6),
        (lambda: reverse("runs:new"), 14),
        (lambda: reverse("runs:new-stage", args=["segment-train"]), 8),
        (lambda: reverse("runs:launch-new", args=["quick"]), 16),
    ],
)
def test_lists_and_forms_take_few_queries(
    client: Client,
    run: Run,
    address: Callable[[], str],
    most: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_max_num_queries(most):
        assert client.get(address()).status_code == 200


def test_a_lineage_of_many_runs_ends(client: Client, run: Run) -> None:
    answer = client.get(reverse("runs:run-lineage", args=[run.pk]))
    assert answer.status_code == 200


def test_a_long_chain_of_runs_is_drawn_as_far_as_it_can_be_read(
    client: Client, analyst: User
) -> None:
    """A network that was taught by its own masks again and again."""
    chain = [make_run(owner=analyst)]
    for _ in range(MOST_DEEP + 20):
        chain.append(make_run(owner=analyst))
        RunInput.objects.create(run=chain[-1], field="pairs", source_run=chain[-2])
    client.force_login(analyst)
    for one in (chain[0], chain[-1]):
        page = client.get(reverse("runs:run-lineage", args=[one.pk])).content.decode()
        tree = page[page.index('<ul class="tree">') :]
        assert tree.count("<li>") == tree.count("</li>") == MOST_DEEP + 1
        assert tree.count("<ul") == tree.count("</ul>") == MOST_DEEP + 1
        assert tree.count(LEFT_OUT) == 1
