"""Corrections: computed by the stage, kept as a version, refused against an old one."""

import json
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from core.access import Visibility
from core.files import file_open
from review.errors import ReviewRefused, VersionConflict
from review.models import Correction, MaskVersion, ParticleDecision, Progress, ReviewItem, State
from review.services import (
    correction_settle,
    correction_start,
    item_decide,
    outlines_settle,
    outlines_start,
)
from runs.local import run_here
from runs.models import Run, Status
from tests.web.factories import make_user
from tests.web.review.making import first_item, make_review

pytestmark = pytest.mark.django_db
DELETE = [{"op": "delete", "labels": [4]}]


@pytest.fixture
def item() -> ReviewItem:
    return first_item(make_review(visibility=Visibility.LAB))


@pytest.fixture
def ada() -> User:
    return make_user(Role.REVIEWER, name="ada")


def save(client: Client, item: ReviewItem, edits: Any, *, base: int = 1, **more: Any) -> Any:
    return client.post(
        reverse("review:save", args=[item.pk]),
        json.dumps({"base": base, "edits": edits, **more}),
        content_type="application/json",
    )


def computed(correction: Correction) -> Correction:
    assert correction.run is not None
    run_here(correction.run)
    correction.refresh_from_db()
    return correction


@pytest.mark.parametrize(
    ("edits", "said"),
    [
        ([], "nothing to save"),
        ("x", "list of objects"),
        ([1], "list of objects"),
        ([{"op": "delete"}] * 20_001, "at most 20000"),
        ([{"op": "delete", "x": "y" * 8_000_001}], "8 MB"),
    ],
)
def test_edits_that_cannot_be_are_refused_before_anything_is_written(
    item: ReviewItem, ada: User, edits: Any, said: str
) -> None:
    with pytest.raises(ReviewRefused, match=said):
        correction_start(item=item, base_number=1, edits=edits, by=ada)
    assert not Correction.objects.exists()
    assert not Run.objects.filter(stage="edit-labels").exists()


def test_a_correction_becomes_the_newest_version_with_its_particles(
    item: ReviewItem, ada: User
) -> None:
    item_decide(item=item, by=ada, state=State.ACCEPTED)
    correction = correction_start(
        item=item, base_number=1, edits=DELETE, by=ada, note="dust", dismissed=[4]
    )
    assert correction.run is not None
    assert correction.run.queue == "interactive"
    correction = computed(correction)
    assert correction.progress == Progress.DONE
    item.refresh_from_db()
    version = item.head
    assert version is not None
    assert version == correction.version
    assert (version.number, version.author, version.note) == (2, ada, "dust")
    assert version.parent is not None
    assert (version.parent.number, version.particle_count) == (1, 3)
    assert version.edits == DELETE
    assert version.outlines is not None
    with file_open(version.particles) as stream:
        assert json.load(stream)["columns"]["label"] == [1, 2, 3]
    assert item.state == State.PENDING, "what was accepted was another mask"
    assert list(ParticleDecision.objects.values_list("label", "by")) == [(4, ada.pk)]
    correction_settle(correction=correction)
    assert item.versions.count() == 2, "telling it twice makes no second version"


def test_what_the_stage_refuses_is_told_and_leaves_the_mask_as_it_was(
    item: ReviewItem, ada: User
) -> None:
    edits = [*DELETE, {"op": "merge", "labels": [1, 3]}]
    correction = computed(correction_start(item=item, base_number=1, edits=edits, by=ada))
    assert correction.progress == Progress.REFUSED
    assert "Edit 2: particles 1 and 3 do not touch" in correction.problem
    item.refresh_from_db()
    assert item.head is not None
    assert item.head.number == 1
    correction_start(item=item, base_number=1, edits=DELETE, by=ada)


def test_an_old_version_and_one_being_corrected_are_conflicts(item: ReviewItem, ada: User) -> None:
    first = correction_start(item=item, base_number=1, edits=DELETE, by=ada)
    with pytest.raises(VersionConflict, match="ada is saving"):
        correction_start(item=item, base_number=1, edits=DELETE, by=ada)
    computed(first)
    with pytest.raises(VersionConflict, match="ada saved version 2") as conflict:
        correction_start(item=item, base_number=1, edits=DELETE, by=ada)
    assert conflict.value.newest.number == 2


def test_a_correction_whose_run_was_lost_does_not_block_the_next(
    item: ReviewItem, ada: User
) -> None:
    first = correction_start(item=item, base_number=1, edits=DELETE, by=ada)
    Run.objects.filter(correction=first).update(status=Status.LOST, problem="The worker went away.")
    first.refresh_from_db()
    assert correction_settle(correction=first).problem == "The worker went away."
    correction_start(item=item, base_number=1, edits=DELETE, by=ada)


def test_saving_answers_with_where_to_ask_and_then_with_the_version(
    client: Client, item: ReviewItem, ada: User
) -> None:
    client.force_login(ada)
    answer = save(client, item, DELETE)
    assert answer.status_code == 202
    assert answer.json()["running"]
    computed(Correction.objects.get())
    told = client.get(answer.json()["status"]).json()
    assert (told["progress"], told["version"]) == ("done", 2)
    labels = client.get(told["labelsUrl"])
    assert labels["Content-Type"] == "image/png"
    labels.close()


def test_saving_against_an_old_version_says_who_saved_what_and_offers_to_go_on(
    client: Client, item: ReviewItem, ada: User
) -> None:
    computed(correction_start(item=item, base_number=1, edits=DELETE, by=ada, note="dust"))
    client.force_login(make_user(Role.REVIEWER, name="grace"))
    answer = save(client, item, [{"op": "delete", "labels": [3]}])
    assert answer.status_code == 409
    told = answer.json()
    assert told["newest"] == 2
    assert told["versions"][0] | {"ago": ""} == {
        "number": 2,
        "by": "ada",
        "ago": "",
        "what": "1 deleted",
        "note": "dust",
    }
    assert "kept in this browser" in told["advice"]
    assert save(client, item, [{"op": "delete", "labels": [3]}], base=2).status_code == 202


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{", "no JSON"),
        ("[]", "no object"),
        ('{"edits": []}', "which version"),
        ('{"base": true, "edits": []}', "which version"),
        ('{"base": 7, "edits": [{}]}', "no version 7"),
        ('{"base": 1, "edits": []}', "nothing to save"),
        ('{"base": 1, "edits": [{}], "dismissed": ["a"]}', "no list of numbers"),
    ],
)
def test_a_body_that_makes_no_sense_is_answered_with_a_sentence(
    client: Client, item: ReviewItem, ada: User, body: str, said: str
) -> None:
    client.force_login(ada)
    answer = client.post(
        reverse("review:save", args=[item.pk]), body, content_type="application/json"
    )
    assert answer.status_code == 400
    assert said in answer.json()["problem"]


def test_outlines_are_made_once_when_an_export_needs_them(item: ReviewItem, ada: User) -> None:
    version = item.head
    assert version is not None
    outlines_start(version=version, by=ada)
    outlines_start(version=version, by=ada)
    run = Run.objects.get(stage="edit-labels")
    run_here(run)
    version = outlines_settle(version=MaskVersion.objects.get(pk=version.pk))
    assert version.outlines is not None
    assert version.mask is not None
    assert item.versions.count() == 1


def test_a_merge_and_a_split_are_what_they_say(item: ReviewItem, ada: User) -> None:
    edits: list[dict[str, Any]] = [
        {"op": "merge", "labels": [1, 2]},
        {"op": "split", "label": 3, "line": [[20, 100], [20, 138]]},
    ]
    computed(correction_start(item=item, base_number=1, edits=edits, by=ada))
    before, after = (_areas(version) for version in item.versions.order_by("number"))
    assert after[1] == before[1] + before[2]
    assert after[3] + after[5] == before[3]
    assert np.isclose(after[3], after[5], rtol=0.13)  # a row cannot be shared


def _areas(version: MaskVersion) -> dict[int, int]:
    with file_open(version.particles) as stream:
        columns = json.load(stream)["columns"]
    return dict(zip(columns["label"], columns["area_px2"], strict=True))
