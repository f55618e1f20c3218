"""What it costs to look who could know a study's images: other raters answer meanwhile."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role, User
from core.access import Visibility
from survey import services
from survey.models import Session, Study, new_token
from survey.selectors.knowing import Looks
from survey.services.knowing import knowledge_look_all
from survey.services.sessions import key_sha256
from tests.web.factories import make_dataset, make_image, make_pair, make_run, make_user
from tests.web.survey.makers import enter, make_open

pytestmark = pytest.mark.django_db

A_RATER = 14  # statements for one more rater, where all four ways lead to images


def make_found(study: Study) -> None:
    """Show images of the study in a dataset, a run and another study."""
    image, pair = (
        study.stimuli.get(number=1).image,
        study.stimuli.get(number=study.stimuli.count()).pair,
    )
    assert image is not None
    assert pair is not None
    make_image(dataset=make_dataset(visibility=Visibility.LAB), file=image.file)
    make_pair(run=make_run(), image=pair.image)
    other = services.study_create(owner=make_user(Role.ORGANISER), name="Other")
    services.stimuli_add(study=other, by=other.owner, images=[image])


def on_the_way(study: Study, count: int) -> None:
    now, first = timezone.now(), study.sessions.count()
    for number in range(first, first + count):
        Session.objects.create(
            study=study,
            protocol=study.protocols.get(),
            number=number,
            pseudonym=f"R-{number:03d}",
            key_sha256=key_sha256(new_token()),
            artificial_on_left=True,
            consented_at=now,
            last_seen_at=now,
            total=8,
            rater=make_user(Role.ANALYST),
        )


def statements_of_a_look(study: Study) -> int:
    with CaptureQueriesContext(connection) as captured:
        looked = knowledge_look_all(study=study)
    assert {known.images for known in looked.values()} == {1}
    return len(captured)


def test_images_are_looked_up_once_for_all_raters_and_a_rater_costs_few_statements() -> None:
    study = make_open()
    make_found(study)
    on_the_way(study, 1)
    one = statements_of_a_look(study)
    on_the_way(study, 5)
    assert statements_of_a_look(study) - one <= 5 * A_RATER
    assert one <= 40


def test_a_study_whose_images_stand_nowhere_else_costs_hardly_more_for_many_raters() -> None:
    study = make_open()
    looks, users = Looks(study), [make_user(Role.RATER) for _ in range(5)]
    with CaptureQueriesContext(connection) as captured:
        assert all(looks.at(user).images == 0 for user in users)
    assert len(captured) <= 5 * 7


def test_nothing_is_locked_while_images_are_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    depths, depth = [], len(connection.atomic_blocks)
    made = Looks.__init__

    def noted(self: Looks, study: Study, **how: Any) -> None:
        depths.append(len(connection.atomic_blocks))
        made(self, study, **how)

    monkeypatch.setattr(Looks, "__init__", noted)
    study, user, client = make_open(), make_user(Role.ANALYST), Client()
    make_found(study)
    client.force_login(user)
    enter(study, client=client)
    looks = len(depths)
    assert looks >= 1
    services.study_close(study=study, by=study.owner)
    assert len(depths) == looks + 1
    assert set(depths) == {depth}


def test_who_begins_while_the_closing_looks_is_looked_at_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    study, late = make_open(), make_user(Role.ANALYST)
    make_image(dataset=make_dataset(owner=late), file=study.stimuli.get(number=1).source)
    on_the_way(study, 1)
    looked_at = Looks.at

    def slow(self: Looks, user: User) -> Any:
        if not study.sessions.filter(pseudonym="R-late").exists():
            on_the_way(study, 1)
            study.sessions.filter(number=1).update(rater=late, pseudonym="R-late")
        return looked_at(self, user)

    monkeypatch.setattr(Looks, "at", slow)
    services.study_close(study=study, by=study.owner)
    assert study.sessions.get(pseudonym="R-late").saw_images_possible
    assert study.sessions.filter(saw_images_possible=True).count() == 1
