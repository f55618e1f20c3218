"""Single images that stick out are named before a study opens, and only those."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest

from accounts.models import Role, User
from survey import services
from survey.checks import opening_checks
from tests.web.factories import make_user
from tests.web.survey.test_checks import discs, make_prepared

pytestmark = pytest.mark.django_db
Pixels = Any


@pytest.fixture
def organiser() -> User:
    return make_user(Role.ORGANISER, Role.CURATOR)


def as_it_is(picture: Pixels) -> Pixels:
    return picture


def of_few_levels(picture: Pixels) -> Pixels:
    return picture // 32 * 32


def clipped(picture: Pixels) -> Pixels:
    return (picture * 4).clip(0, 255)


def saved_as_jpeg(picture: Pixels) -> Pixels:
    _, coded = cv2.imencode(".jpg", picture.astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 5])
    return cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE)


def out_of_focus(picture: Pixels) -> Pixels:
    return cv2.GaussianBlur(picture, (0, 0), 1.5)


def odd_of(organiser: User, change: Callable[[Pixels], Pixels]) -> list[str]:
    """The warnings of a study whose first real image alone was changed."""

    def look(seed: int, artificial: bool) -> Pixels:
        return (change if seed == 0 and not artificial else as_it_is)(discs(seed))

    study = make_prepared(organiser, look=look)
    warnings = opening_checks(study=study).warnings
    return [one for one in warnings if "raters may go by that alone" in one]


def test_images_alike_in_quality_are_named_for_nothing(organiser: User) -> None:
    assert odd_of(organiser, as_it_is) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (of_few_levels, "r0.png has few grey levels"),
        (clipped, "r0.png has large parts in plain black or white"),
        (saved_as_jpeg, "r0.png has blocks of 8 px"),
        (out_of_focus, "r0.png has another sharpness than the rest"),
    ],
)
def test_one_image_of_another_quality_is_named_by_what_sticks_out(
    organiser: User, change: Callable[[Pixels], Pixels], told: str
) -> None:
    assert any(one.startswith(told) for one in odd_of(organiser, change))


def test_a_flat_picture_is_named_and_practice_is_not(organiser: User) -> None:
    def look(seed: int, artificial: bool) -> Pixels:
        return np.full_like(discs(seed), 90) if seed == 0 and not artificial else discs(seed)

    study = make_prepared(organiser, look=look)
    told = " ".join(opening_checks(study=study).warnings)
    assert "r0.png has few grey levels" in told
    assert "r0.png has another sharpness" in told
    services.stimuli_use(study=study, by=organiser, numbers=[1], use="practice")
    assert "r0.png" not in " ".join(opening_checks(study=study).warnings)
