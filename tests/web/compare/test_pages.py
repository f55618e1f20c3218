"""The list of pairs and the page of one: filters, order, cost."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import Role, User
from compare.parameters import parameter_rows
from runs.models import Launch, Pair, Run
from tests.web.factories import make_pair, make_run, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def analyst() -> User:
    return make_user(Role.ANALYST)


@pytest.fixture
def signed_in(client: Client, analyst: User) -> Client:
    client.force_login(analyst)
    return client


def pairs_of(run: Run, count: int) -> list[Pair]:
    """Several pairs of one run that share their files: rows are what matters here."""
    first = make_pair(run=run)
    files = {"image": first.image, "height": first.height, "labels": first.labels}
    scenes = first.scene_run
    return [first] + [
        make_pair(run=run, scene_run=scenes, scene_index=index, **files)
        for index in range(1, count)
    ]


def listed(client: Client, **query: Any) -> list[int]:
    page = client.get(reverse("compare:index"), query).context["page"]
    return [pair.pk for pair in page.rows]


def test_an_empty_list_says_what_to_do_first(signed_in: Client) -> None:
    assert "No pairs yet" in signed_in.get(reverse("compare:index")).content.decode()


def test_an_unreadable_filter_is_named_and_left_out(signed_in: Client, analyst: User) -> None:
    pair = make_pair(run=make_run(owner=analyst))
    response = signed_in.get(reverse("compare:index"), {"run": "x", "after": "-4"})
    assert response.context["problems"] == [
        "run: Enter a whole number.",
        "after: Ensure this value is greater than or equal to 0.",
    ]
    assert [row.pk for row in response.context["page"].rows] == [pair.pk]


def test_pages_follow_each_other_by_key(signed_in: Client, analyst: User) -> None:
    pairs = [pair.pk for pair in pairs_of(make_run(owner=analyst), 30)][::-1]
    first = signed_in.get(reverse("compare:index")).context["page"]
    assert [pair.pk for pair in first.rows] == pairs[:12]
    assert first.before is None
    assert listed(signed_in, after=first.after) == pairs[12:24]
    last = signed_in.get(reverse("compare:index"), {"after": pairs[23]}).context["page"]
    assert [pair.pk for pair in last.rows] == pairs[24:]
    assert last.after is None
    assert listed(signed_in, before=last.before) == pairs[12:24]


def test_a_page_keeps_the_filter(signed_in: Client, analyst: User) -> None:
    run = make_run(owner=analyst)
    pairs = pairs_of(run, 14)
    content = signed_in.get(reverse("compare:index"), {"run": run.pk}).content.decode()
    assert f"?run={run.pk}&amp;after={pairs[2].pk}" in content


def test_the_list_is_narrowed_to_a_run_a_launch_or_a_generator(
    signed_in: Client, analyst: User
) -> None:
    launch = Launch.objects.create(owner=analyst, name="Tour")
    one = make_pair(run=make_run(owner=analyst))
    two = make_pair(run=make_run(owner=analyst, launch=launch), generator="cyclegan")
    assert listed(signed_in, run=one.run_id) == [one.pk]
    assert listed(signed_in, launch=launch.pk) == [two.pk]
    assert listed(signed_in, generator="cyclegan") == [two.pk]
    assert listed(signed_in, scene_run=one.scene_run_id) == [one.pk]
    assert listed(signed_in, run=one.run_id, generator="cyclegan") == []


def test_a_foreign_run_filters_to_nothing(signed_in: Client) -> None:
    assert listed(signed_in, run=make_pair().run_id) == []


@pytest.mark.parametrize("count", [2, 40])
def test_the_list_costs_the_same_however_many_there_are(
    signed_in: Client,
    analyst: User,
    count: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    pairs_of(make_run(owner=analyst), count)
    with django_assert_max_num_queries(5):  # session, person, keys, rows, runs
        signed_in.get(reverse("compare:index"))


@pytest.mark.parametrize("siblings", [1, 12])
def test_a_pair_costs_the_same_however_many_images_its_scene_has(
    signed_in: Client,
    analyst: User,
    siblings: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    pair = make_pair(run=make_run(owner=analyst))
    for _ in range(siblings):
        make_pair(run=make_run(owner=analyst), scene_run=pair.scene_run)
    with django_assert_max_num_queries(8):  # session, person, pair, 2 neighbours, others, 2 scene
        response = signed_in.get(reverse("compare:pair", args=[pair.pk]))
    assert len(response.context["others"]) == min(siblings, 8)


def test_neighbours_are_the_pairs_of_the_same_run(signed_in: Client, analyst: User) -> None:
    first, second, third = pairs_of(make_run(owner=analyst), 3)
    make_pair(run=make_run(owner=analyst))
    around = signed_in.get(reverse("compare:pair", args=[second.pk])).context["neighbours"]
    assert (around.previous, around.next) == (first.pk, third.pk)
    around = signed_in.get(reverse("compare:pair", args=[third.pk])).context["neighbours"]
    assert (around.previous, around.next) == (second.pk, None)


def test_without_a_script_both_images_and_the_parameters_are_there(
    signed_in: Client, analyst: User
) -> None:
    run = make_run(owner=analyst, spec={"rim_width_nm": [7.0, 30.0]})
    pair = make_pair(run=run, parameters={"rim_width_nm": 7.17041})
    content = signed_in.get(reverse("compare:pair", args=[pair.pk])).content.decode()
    for name in ("image", "height"):
        assert f'<img src="{reverse(f"compare:{name}", args=[pair.pk])}"' in content
    assert "7.17" in content
    assert "7 to 30" in content


def test_parameters_are_told_with_units_and_sensible_digits() -> None:
    parameters = {
        "rim_width_nm": 7.17041,
        "defocus_px_per_um": 0.628281,
        "dose_electrons": 4951.32,
        "asymmetry": 3.74969e-06,
        "halo": -0.429849,
        "holder_kind": 2.0,
    }
    rows = parameter_rows(parameters, {"halo": [-0.45, 0.15], "dose_electrons": "many"})
    assert [(row.name, row.value, row.unit, row.drawn_from) for row in rows] == [
        ("Rim width", "7.17", "nm", ""),
        ("Defocus", "0.628", "px/µm", ""),
        ("Dose", "4,951", "electrons", ""),
        ("Asymmetry", "3.75e-06", "", ""),
        ("Halo", "-0.43", "", "-0.45 to 0.15"),
        ("Holder kind", "2", "", ""),
    ]
