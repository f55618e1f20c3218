"""Threat 20: copies of a study's images that are no longer the same file, and who opens them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Role, User
from catalog.near import near_hashes
from review.models import Review
from runs.models import ImageOrigin
from survey import services
from survey.models import Study
from survey.selectors.knowing import knowledge_of
from tests.web.factories import make_dataset, make_image, make_pair, make_run, make_user
from tests.web.survey.makers import enter, make_open
from tests.web.survey.test_same_image import bits_away

pytestmark = pytest.mark.django_db

REAL, ARTIFICIAL = "0f1e2d3c4b5a6978", "8877665544332211"


def looking() -> Study:
    """An open study of which one real image and one artificial image have a known look."""
    study = make_open()
    image = study.stimuli.filter(image__isnull=False)[0].image
    pair = study.stimuli.filter(pair__isnull=False)[0].pair
    assert image is not None
    assert pair is not None
    type(image).objects.filter(pk=image.pk).update(phash=REAL)
    type(pair).objects.filter(pk=pair.pk).update(phash=ARTIFICIAL)
    return study


def saved_anew_in_a_dataset(study: Study, user: User, bits: int) -> None:
    make_image(dataset=make_dataset(owner=user), phash=bits_away(REAL, bits))


def computed_anew_by_a_run(study: Study, user: User, bits: int) -> None:
    make_pair(run=make_run(owner=user), phash=bits_away(ARTIFICIAL, bits))


def copy_of_a_dataset_comes_from_a_run(study: Study, user: User, bits: int) -> None:
    copy = make_image(phash=bits_away(ARTIFICIAL, bits))
    ImageOrigin.objects.create(image=copy, run=make_run(owner=user))


def copy_in_a_review(study: Study, user: User, bits: int) -> None:
    copy = make_image(phash=bits_away(REAL, bits))
    run = make_run(owner=study.owner, stage="segment")
    review = Review.objects.create(owner=user, run=run, title="Sizes")
    review.items.create(name="a", image=copy, view=copy.view, width_px=96, height_px=80)


Copied = Callable[[Study, User, int], None]
WAYS: tuple[tuple[Copied, str], ...] = (
    (saved_anew_in_a_dataset, "dataset"),
    (computed_anew_by_a_run, "run"),
    (copy_of_a_dataset_comes_from_a_run, "run"),
    (copy_in_a_review, "review"),
)


@pytest.mark.parametrize("bits", [0, 1, 7])
@pytest.mark.parametrize(("copied", "way"), WAYS, ids=[copied.__name__ for copied, _ in WAYS])
def test_threat_20_a_copy_that_looks_the_same_marks_whoever_can_open_it(
    copied: Copied, way: str, bits: int
) -> None:
    study, user, stranger = looking(), make_user(Role.ANALYST), make_user(Role.ANALYST)
    assert knowledge_of(study=study, user=user).images == 0
    copied(study, user, bits)
    assert knowledge_of(study=study, user=user).json["ways"] == {way: 1}
    assert knowledge_of(study=study, user=stranger).images == 0
    client = Client()
    client.force_login(user)
    assert enter(study, client=client)[1].saw_images_possible


@pytest.mark.parametrize(("copied", "way"), WAYS, ids=[copied.__name__ for copied, _ in WAYS])
def test_threat_20_an_image_that_is_hardly_alike_marks_nobody(copied: Copied, way: str) -> None:
    study, user = looking(), make_user(Role.ANALYST)
    copied(study, user, 8)
    assert knowledge_of(study=study, user=user).ways == {}


def test_threat_20_one_copy_near_two_images_of_the_set_tells_of_both() -> None:
    study, user = looking(), make_user(Role.ANALYST)
    other = study.stimuli.filter(image__isnull=False)[1].image
    assert other is not None
    type(other).objects.filter(pk=other.pk).update(phash=bits_away(REAL, 6))
    make_image(dataset=make_dataset(owner=user), phash=bits_away(REAL, 3))
    assert knowledge_of(study=study, user=user).ways == {"dataset": 2}


def test_threat_20_the_closing_finds_a_copy_that_was_just_being_added_at_the_look_before() -> None:
    """On PostgreSQL a row may come in after one with a higher key: here it gets its look late."""
    study, user, client = looking(), make_user(Role.ANALYST), Client()
    copy = make_image(dataset=make_dataset(owner=user))
    client.force_login(user)
    _, session = enter(study, client=client)
    type(copy).objects.filter(pk=copy.pk).update(phash=bits_away(REAL, 7))
    make_image(phash="f" * 16)
    assert knowledge_of(study=study, user=user).images == 1, "with the next image it is found"
    type(copy).objects.filter(pk=copy.pk).update(phash=bits_away(REAL, 5))
    assert knowledge_of(study=study, user=user).images == 0, "what was found before is kept"
    services.study_close(study=study, by=study.owner)
    session.refresh_from_db()
    assert session.saw_images_possible


def test_hashes_near_several_are_told_with_all_of_them() -> None:
    for phash in ("00000000000000ff", "ffffffffffffffff", "0000000000000000"):
        make_image(phash=phash)
    found = near_hashes(["0000000000000007", "000000000000003f", "0000000000000000"])
    assert found == {
        "00000000000000ff": {"0000000000000007", "000000000000003f"},
        "0000000000000000": {"0000000000000007", "000000000000003f"},
    }
    assert near_hashes([]) == {}
