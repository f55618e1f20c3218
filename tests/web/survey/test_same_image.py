"""Threats 10 and 20: the same image is found in another study under another file."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from core.access import Visibility
from survey import services
from survey.checks.opening import opening_checks
from survey.checks.told import told_by_closing
from survey.models import Stimulus, Study, Use
from survey.selectors.knowing import Looks, knowledge_of
from tests.web.factories import make_user
from tests.web.survey.makers import (
    add_practice,
    enter,
    make_draft,
    make_open,
    payload,
    plan,
    prepare,
    send,
)

pytestmark = pytest.mark.django_db


def bits_away(phash: str, bits: int) -> str:
    """So many of the 64 bits turned, spread over all of them."""
    turned = int(phash, 16)
    for bit in range(bits):
        turned ^= 1 << (bit * 9)
    return f"{turned:016x}"


def same_pixels(one: Stimulus, other: Stimulus) -> None:
    other.served = one.served


def looks_the_same(one: Stimulus, other: Stimulus, *, bits: int = 4) -> None:
    other.figures = other.figures | {"phash": bits_away(one.figures["phash"], bits)}


def same_micrograph(one: Stimulus, other: Stimulus, *, bits: int = 7) -> None:
    one.figures = one.figures | {"whole_phash": "0f1e2d3c4b5a6978"}
    one.save()
    other.figures = other.figures | {"whole_phash": bits_away("0f1e2d3c4b5a6978", bits)}


def hardly_alike(one: Stimulus, other: Stimulus) -> None:
    looks_the_same(one, other, bits=5)
    same_micrograph(one, other, bits=8)


Liken = Callable[[Stimulus, Stimulus], None]
WAYS = (same_pixels, looks_the_same, same_micrograph)


def likened(study: Study, other: Study, liken: Liken, *, number: int, use: str = "main") -> None:
    """Let an image of `other` show what image `number` of the study shows: a pair is the last."""
    that = other.stimuli.filter(use=use).order_by("-number")[:1].get()
    liken(study.stimuli.get(number=number), that)
    that.save()


@pytest.mark.parametrize("number", [1, 8], ids=["an image", "a pair"])
@pytest.mark.parametrize("liken", WAYS)
def test_threat_10_a_game_a_practice_and_a_closed_study_are_searched_by_look(
    liken: Liken, number: int
) -> None:
    study = make_draft()
    game = make_draft(owner=study.owner, use=Use.GAME, real=5, artificial=5)
    likened(study, game, liken, number=number)
    services.study_open(study=game, by=game.owner)
    practising = make_draft(owner=study.owner, prepared=False)
    add_practice(practising, count=1)
    prepare(practising)
    likened(study, practising, liken, number=number, use="practice")
    services.study_open(study=practising, by=study.owner)
    closed = make_open(owner=study.owner)
    likened(study, closed, liken, number=number)
    Study.objects.filter(pk=closed.pk).update(state="closed")
    found = opening_checks(study=study)
    told = " ".join(found.problems)
    assert f"“{game.name}” tells its players the truth of 1 image of it" in told
    assert f"Practice in “{practising.name}” tells its raters the truth of 1 image of it" in told
    (public,) = [one for one in found.warnings if "is public since" in one]
    assert f"The truth of 1 image of it is public since “{closed.name}” has closed" in public


@pytest.mark.parametrize("liken", WAYS)
def test_threat_10_what_an_open_study_asks_is_told_by_no_game_under_another_file(
    liken: Liken,
) -> None:
    study = make_open()
    game = make_draft(owner=study.owner, use=Use.GAME, real=5, artificial=5)
    likened(study, game, liken, number=8)
    (problem,) = opening_checks(study=game).problems
    assert problem.startswith("It would tell its players the truth of 1 image that a study still")
    other = make_open(owner=study.owner)
    likened(study, other, liken, number=1)
    assert "the truth of 1 image that another study" in told_by_closing(study=other)


def test_threat_10_images_that_are_hardly_alike_are_two() -> None:
    study = make_open()
    game = make_draft(owner=study.owner, use=Use.GAME, real=5, artificial=5)
    likened(study, game, hardly_alike, number=8)
    assert opening_checks(study=game).problems == []


@pytest.mark.parametrize("number", [1, 8], ids=["an image", "a pair"])
@pytest.mark.parametrize("liken", WAYS)
def test_threat_20_keys_results_and_practice_are_found_by_look(liken: Liken, number: int) -> None:
    study, user = make_open(), make_user(Role.ORGANISER)
    closed = make_open(visibility=Visibility.LAB)
    own = make_draft(owner=user)
    for other in (closed, own):
        likened(study, other, liken, number=number)
    Study.objects.filter(pk=closed.pk).update(state="closed")
    assert knowledge_of(study=study, user=user).json == {
        "images": 1,
        "total": 8,
        "ways": {"other-key": 1, "results": 1},
    }


def test_looking_for_what_looks_the_same_costs_no_more_statements_for_more_studies() -> None:
    study, user = make_open(), make_user(Role.ANALYST)
    likened(study, make_open(), same_pixels, number=1)
    costs = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            Looks(study).at(user)
            opening_checks(study=study)
            told_by_closing(study=study)
        costs.append(len(captured))
        for _ in range(3):
            likened(study, make_open(), same_pixels, number=2)
    assert costs[1] <= costs[0]


def test_threat_20_who_saw_an_alike_image_in_practice_is_marked() -> None:
    study, user, client = make_open(), make_user(Role.ANALYST), Client()
    other = make_draft(owner=study.owner, prepared=False)
    add_practice(other, count=1)
    prepare(other)
    services.study_open(study=other, by=study.owner)
    client.force_login(user)
    enter(other, client=client)
    send(client, other, payload(plan(client, other)["next"][0]["token"]))
    likened(study, other, looks_the_same, number=8, use="practice")
    assert knowledge_of(study=study, user=user).ways == {"practice": 1}
