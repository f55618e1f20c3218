"""Reviews through the API: started, corrected, decided on, by the rules of the pages."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from core.access import Visibility
from core.files import file_open
from review.models import Correction, Progress, Review, ReviewItem, State
from runs.local import run_here
from runs.models import Run
from tests.web.api.conftest import client_of
from tests.web.factories import make_dataset, make_image, make_user
from tests.web.review.making import discs, first_item, make_review

pytestmark = pytest.mark.django_db
DELETE = [{"op": "delete", "labels": [4]}]


@pytest.fixture
def item() -> ReviewItem:
    return first_item(make_review(visibility=Visibility.LAB))


@pytest.fixture
def ada() -> User:
    return make_user(Role.REVIEWER, name="ada")


def correct(user: User, item: ReviewItem, *, base: int = 1, **more: Any) -> Any:
    said = {"base": base, "edits": DELETE, **more}
    return client_of(user).post(f"/api/review-items/{item.pk}/corrections/", said)


def labels_of(content: bytes) -> Any:
    import cv2

    return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)


def read(client: Any, address: str) -> bytes:
    answer = client.get(address)
    assert answer.status_code == 200, address
    content = b"".join(answer.streaming_content)
    answer.close()
    return content


# ---- refused ------------------------------------------------------------------------------------


def test_who_is_no_reviewer_reads_and_changes_nothing(item: ReviewItem) -> None:
    analyst = make_user(Role.ANALYST)
    client = client_of(analyst)
    assert client.get(f"/api/review-items/{item.pk}/").status_code == 200
    assert correct(analyst, item).status_code == 403
    decided = client.post(f"/api/review-items/{item.pk}/decision/", {"state": "accepted"})
    assert decided.status_code == 403
    assert "needs the role reviewer" in decided.json()["detail"]
    assert not Correction.objects.exists()


def test_what_is_not_shared_is_not_there(ada: User) -> None:
    foreign = first_item(make_review())
    assert correct(ada, foreign).status_code == 404
    for rest in ("decision/", "corrections/"):
        assert client_of(ada).post(f"/api/review-items/{foreign.pk}/{rest}").status_code == 404
    assert client_of(ada).post(f"/api/masks/{foreign.head_id}/prepare/").status_code == 404
    image = make_image()
    assert client_of(ada).post(f"/api/images/{image.pk}/segment/").status_code == 404
    assert client_of(ada).post("/api/images/999999/segment/").status_code == 404


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"base": 0}, "base"),
        ({"base": "x"}, "base"),
        ({"edits": []}, "edits"),
        ({"edits": ["x"]}, "edits"),
        ({"edits": [{"op": "\0"}]}, "detail"),
        ({"edits": [{"op": "\ud800"}]}, "detail"),
        ({"base": 7}, "detail"),
        ({"dismissed": [0]}, "dismissed"),
        ({"note": "x" * 301}, "note"),
    ],
)
def test_a_correction_that_cannot_be_is_refused_at_its_field(
    item: ReviewItem, ada: User, said: dict[str, Any], field: str
) -> None:
    body = json.dumps({"base": 1, "edits": DELETE} | said)
    address = f"/api/review-items/{item.pk}/corrections/"
    answer = client_of(ada).generic("POST", address, body, content_type="application/json")
    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert not Correction.objects.exists()


def test_json_that_is_nested_without_end_is_refused(item: ReviewItem, ada: User) -> None:
    deep = "[" * 200_000
    address = f"/api/review-items/{item.pk}/corrections/"
    answer = client_of(ada).generic("POST", address, deep, content_type="application/json")
    assert answer.status_code == 400
    page = Client()
    page.force_login(ada)
    saved = page.post(reverse("review:save", args=[item.pk]), deep, "application/json")
    assert saved.status_code == 400


# ---- done ---------------------------------------------------------------------------------------


def test_one_image_is_segmented_and_its_review_is_found_by_the_run() -> None:
    owner = make_user(Role.REVIEWER, Role.CURATOR)
    image = make_image(dataset=make_dataset(owner=owner), nm_per_px=2.0)
    client = client_of(owner)
    told = client.post(f"/api/images/{image.pk}/segment/")
    assert told.status_code == 201, told.json()
    run = Run.objects.get(pk=told.json()["id"])
    assert (run.stage, run.owner, run.spec["nm_per_px"]) == ("segment-predict", owner, 2.0)
    assert client.get(f"/api/reviews/?run={run.pk}").json()["results"] == []
    reviews = [make_review(owner=owner) for _ in range(2)]
    (found,) = client.get(f"/api/reviews/?run={reviews[0].run_id}").json()["results"]
    assert found["id"] == reviews[0].pk
    assert len(client.get("/api/reviews/").json()["results"]) == 2
    assert client.get("/api/reviews/?run=x").status_code == 400


def test_a_mask_is_read_corrected_and_read_again(item: ReviewItem, ada: User) -> None:
    client = client_of(ada)
    first = labels_of(read(client, f"/api/masks/{item.head_id}/labels/file/"))
    np.testing.assert_array_equal(first, discs())
    told = correct(ada, item, note="dust", dismissed=[4])
    assert told.status_code == 202, told.json()
    address = f"/api/corrections/{told.json()['id']}/"
    assert client.get(address).json()["progress"] == Progress.PENDING
    run_here(Run.objects.get(pk=told.json()["run"]))
    done = client.get(address).json()
    assert (done["progress"], done["note"], done["author"]) == ("done", "dust", "ada")
    version = client.get(f"/api/masks/{done['version']}/").json()
    assert (version["number"], version["particle_count"]) == (2, 3)
    assert client.get(f"/api/review-items/{item.pk}/").json()["head"] == version["id"]
    wanted = np.where(discs() == 4, 0, discs())
    for kind in ("labels", "tiff"):
        content = read(client, f"/api/masks/{version['id']}/{kind}/file/")
        np.testing.assert_array_equal(labels_of(content), wanted)


def test_the_tiff_of_the_networks_own_mask_is_made_first(item: ReviewItem, ada: User) -> None:
    client = client_of(ada)
    missing = client.get(f"/api/masks/{item.head_id}/tiff/file/")
    assert missing.status_code == 400
    assert "POST to prepare/" in missing.json()["detail"]
    for _ in range(2):
        assert client.post(f"/api/masks/{item.head_id}/prepare/").status_code == 202
    run_here(Run.objects.get(stage="edit-labels"))
    content = read(client, f"/api/masks/{item.head_id}/tiff/file/")
    np.testing.assert_array_equal(labels_of(content), discs())


def test_whoever_was_slower_is_told_what_the_mask_is_now(item: ReviewItem, ada: User) -> None:
    ben = make_user(Role.REVIEWER, name="ben")
    first = correct(ben, item).json()
    waiting = correct(ada, item)
    assert waiting.status_code == 409
    assert waiting.json() == {
        "detail": "ben is saving a correction. Correct the newest version, and send it again.",
        "newest": 1,
        "mask": item.head_id,
        "pending": first["id"],
    }
    run_here(Run.objects.get(pk=first["run"]))
    late = correct(ada, item)
    assert late.status_code == 409
    item.refresh_from_db()
    assert (late.json()["newest"], late.json()["mask"]) == (2, item.head_id)
    assert late.json()["pending"] is None
    assert correct(ada, item, base=2, edits=[{"op": "delete", "labels": [1]}]).status_code == 202


def test_a_correction_that_nobody_waits_for_is_given_up(item: ReviewItem, ada: User) -> None:
    key = correct(ada, item).json()["id"]
    client = client_of(ada)
    given_up = client.post(f"/api/corrections/{key}/cancel/").json()
    assert (given_up["progress"], given_up["problem"]) == ("refused", "Cancelled by ada.")
    again = client.post(f"/api/corrections/{key}/cancel/")
    assert (again.status_code, again.json()) == (400, {"detail": "It has ended already."})
    assert correct(ada, item).status_code == 202


def test_an_image_is_accepted_rejected_and_put_back(item: ReviewItem, ada: User) -> None:
    def decide(**said: Any) -> Any:
        return client_of(ada).post(f"/api/review-items/{item.pk}/decision/", said)

    assert decide(state="perhaps").status_code == 400
    assert "Say why" in decide(state="rejected").json()["detail"]
    assert "it is version 1 now" in decide(state="accepted", version=2).json()["detail"]
    item.refresh_from_db()
    assert item.state == State.PENDING
    assert decide(state="accepted", version=1).json()["state"] == "accepted"
    rejected = decide(state="rejected", reason="Out of focus").json()
    assert (rejected["state"], rejected["reason"]) == ("rejected", "Out of focus")
    review = Review.objects.get()
    assert (review.pending_count, review.accepted_count, review.rejected_count) == (0, 0, 1)
    assert decide(state="pending").json()["state"] == "pending"


def test_three_megabytes_of_edits_are_taken_by_the_page_as_by_the_api(
    item: ReviewItem, ada: User
) -> None:
    """Django refuses 2.5 MB unless it is told otherwise, without a word for the page's script."""
    point = [12.345678, 23.456789]
    edits = [{"op": "erase", "label": 0, "points": [point] * 70_000, "radius_px": 1.0}] * 2
    page = Client()
    page.force_login(ada)
    sent = {"base": 1, "edits": edits}
    saved = page.post(reverse("review:save", args=[item.pk]), sent, "application/json")
    assert saved.status_code == 202
    page.post(saved.json()["cancel"])
    assert correct(ada, item, edits=edits).status_code == 202
    run = Correction.objects.latest("pk").run
    assert run is not None
    kept = run.inputs.get(field="edits").file_set
    assert kept is not None
    with file_open(kept.items.get().file) as stream:
        assert len(stream.read()) > 3_000_000
