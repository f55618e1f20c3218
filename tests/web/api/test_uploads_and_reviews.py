"""Uploads and reviews through the API."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Role, User
from exchange.models import Import
from tests.web.api.conftest import client_of
from tests.web.factories import make_dataset, make_user, png_bytes
from tests.web.review.making import first_item, make_review

pytestmark = pytest.mark.django_db


def test_nothing_is_taken_into_a_foreign_dataset(curator: User) -> None:
    foreign = make_dataset()
    sent = {"files": [SimpleUploadedFile("a.png", png_bytes())]}
    address = f"/api/datasets/{foreign.pk}/uploads/"
    assert client_of(curator).post(address, sent, format="multipart").status_code == 404
    assert not Import.objects.exists()


def test_an_upload_without_files_is_refused(curator: User) -> None:
    dataset = make_dataset(owner=curator)
    address = f"/api/datasets/{dataset.pk}/uploads/"
    answer = client_of(curator).post(address, {}, format="multipart")
    assert answer.status_code == 400
    assert "files" in answer.json()


def test_files_are_taken_in_by_an_import_that_can_be_asked_for(curator: User) -> None:
    dataset = make_dataset(owner=curator)
    client = client_of(curator)
    sent = {"files": [SimpleUploadedFile(f"{n}.png", png_bytes()) for n in range(2)]}
    answer = client.post(f"/api/datasets/{dataset.pk}/uploads/", sent, format="multipart")
    assert answer.status_code == 201, answer.json()
    batch = Import.objects.get()
    assert batch.file_set is not None and batch.file_set.items.count() == 2
    told = client.get(f"/api/imports/{answer.json()['id']}/").json()
    assert (told["dataset"], told["run"], told["state"]) == (dataset.pk, batch.run_id, "running")


def test_a_foreign_review_is_not_there(curator: User) -> None:
    review = make_review()
    item = first_item(review)
    client = client_of(curator)
    for address in (f"reviews/{review.pk}/", f"review-items/{item.pk}/", f"masks/{item.head_id}/"):
        assert client.get(f"/api/{address}").status_code == 404


def test_a_review_tells_its_images_and_their_masks() -> None:
    owner = make_user(Role.REVIEWER)
    review = make_review(owner=owner)
    client = client_of(owner)
    [row] = client.get("/api/reviews/").json()["results"]
    assert row["id"] == review.pk
    [item] = client.get(f"/api/reviews/{review.pk}/items/").json()["results"]
    [mask] = client.get(f"/api/review-items/{item['id']}/masks/").json()["results"]
    assert mask["id"] == item["head"]
    assert mask["particle_count"] > 0
    for name in ("labels", "particles"):
        answer = client.get(f"/api/masks/{mask['id']}/{name}/file/")
        assert answer.status_code == 200
        answer.close()
