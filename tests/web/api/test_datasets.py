"""Datasets and images through the API: refused first, then taken."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from accounts.models import User
from catalog.models import Dataset
from catalog.services import dataset_create, version_freeze
from tests.web.api.conftest import client_of, person
from tests.web.factories import make_image

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset(curator: User) -> Dataset:
    return dataset_create(owner=curator, name="Titania")


def test_a_visitor_is_asked_to_sign_in() -> None:
    assert client_of(None).get("/api/datasets/").status_code == 401


def test_an_address_that_is_none_is_said_as_json(curator: User) -> None:
    client = APIClient()
    client.force_authenticate(curator)
    for address in ("/api/nothing/", "/api/images/", "/api/datasets/1/nothing/"):
        answer = client.get(address)
        assert answer.status_code == 404
        assert "/api/schema" in answer.json()["detail"]
    assert client.get("/api/datasets").status_code == 301, "a forgotten slash is still mended"
    page = client.get("/nothing/")
    assert page.status_code == 404
    assert page["Content-Type"].startswith("text/html")


def test_a_rater_sees_no_image_that_they_might_judge(rater: User) -> None:
    assert client_of(rater).get("/api/datasets/").status_code == 403


def test_a_foreign_private_dataset_is_not_there(dataset: Dataset, analyst: User) -> None:
    client = client_of(analyst)
    assert client.get(f"/api/datasets/{dataset.pk}/").status_code == 404
    assert client.get(f"/api/datasets/{dataset.pk}/images/").status_code == 404
    assert client.get("/api/datasets/").json()["results"] == []


def test_a_lab_wide_dataset_is_read_but_not_changed_by_others(dataset: Dataset) -> None:
    Dataset.objects.filter(pk=dataset.pk).update(visibility="lab")
    other = client_of(person("other", is_curator=True))
    assert other.get(f"/api/datasets/{dataset.pk}/").status_code == 200
    assert other.patch(f"/api/datasets/{dataset.pk}/", {"name": "Mine"}).status_code == 403


def test_an_analyst_makes_no_dataset(analyst: User) -> None:
    assert client_of(analyst).post("/api/datasets/", {"name": "New"}).status_code == 403


def test_a_name_that_is_taken_is_refused_in_its_field(curator: User, dataset: Dataset) -> None:
    answer = client_of(curator).post("/api/datasets/", {"name": dataset.name})
    assert answer.status_code == 400
    assert "already" in answer.json()["detail"]


def test_an_empty_name_is_refused(curator: User) -> None:
    for name in ("", "  ", "\u200b"):
        assert client_of(curator).post("/api/datasets/", {"name": name}).status_code == 400


def test_a_curator_makes_a_dataset_and_owns_it(curator: User) -> None:
    answer = client_of(curator).post("/api/datasets/", {"name": "Zinc oxide"})
    assert answer.status_code == 201
    assert answer.json()["owner"] == "curator"
    assert answer.json()["visibility"] == "private"


def test_an_impossible_pixel_size_is_refused(curator: User, dataset: Dataset) -> None:
    image = make_image(dataset=dataset)
    answer = client_of(curator).patch(f"/api/images/{image.pk}/", {"nm_per_px": -1})
    assert answer.status_code == 400
    assert "nm_per_px" in answer.json()


def test_a_data_bar_outside_the_image_is_refused(curator: User, dataset: Dataset) -> None:
    image = make_image(dataset=dataset)
    answer = client_of(curator).patch(f"/api/images/{image.pk}/", {"data_bar_row": 10_000})
    assert answer.status_code == 400


def test_a_curator_describes_an_image(curator: User, dataset: Dataset) -> None:
    image = make_image(dataset=dataset)
    asked = {"nm_per_px": 7.5, "material": "TiO2", "split": "test", "excluded_reason": "blurred"}
    row = client_of(curator).patch(f"/api/images/{image.pk}/", asked).json()
    assert {name: row[name] for name in asked} == asked
    assert row["scale_source"] == "typed"
    back = client_of(curator).patch(f"/api/images/{image.pk}/", {"excluded_reason": ""}).json()
    assert back["excluded_reason"] == ""
    assert back["material"] == "TiO2"


def test_images_page_by_key_and_filter(curator: User, dataset: Dataset) -> None:
    kept = [make_image(dataset=dataset, split="train").pk for _ in range(3)]
    make_image(dataset=dataset, split="test")
    client = client_of(curator)
    address = f"/api/datasets/{dataset.pk}/images/?split=train&page_size=2"
    first = client.get(address).json()
    second = client.get(first["next"]).json()
    found = [row["id"] for row in first["results"] + second["results"]]
    assert found == sorted(kept, reverse=True)
    assert second["next"] is None


def test_images_are_filtered_as_in_the_gallery(curator: User, dataset: Dataset) -> None:
    gold = make_image(dataset=dataset, name="gold_07.png")
    blurred = make_image(dataset=dataset, name="silver.png", excluded_reason="blurred")
    gold.tags.add(dataset.tags.create(name="week 3"))
    client = client_of(curator)

    def found(query: str) -> list[int]:
        answer = client.get(f"/api/datasets/{dataset.pk}/images/?{query}")
        return [row["id"] for row in answer.json()["results"]]

    assert found("name=OLD_0") == [gold.pk]
    assert found("use=excluded") == [blurred.pk]
    assert found("tag=week+3") == [gold.pk]
    assert found("split=none") == [blurred.pk, gold.pk]
    answer = client.get(f"/api/datasets/{dataset.pk}/images/?use=some")
    assert answer.status_code == 400
    assert answer.json() == {"use": "This is none of the choices."}


def test_the_original_file_comes_back_byte_by_byte(curator: User, dataset: Dataset) -> None:
    image = make_image(dataset=dataset)
    answer = client_of(curator).get(f"/api/images/{image.pk}/file/")
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    answer.close()
    assert len(content) == image.file.size_bytes


def test_versions_are_frozen_and_listed(curator: User, dataset: Dataset) -> None:
    make_image(dataset=dataset)
    client = client_of(curator)
    made = client.post(f"/api/datasets/{dataset.pk}/versions/", {"note": "as published"})
    assert made.status_code == 201
    assert made.json()["image_count"] == 1
    listed = client.get(f"/api/datasets/{dataset.pk}/versions/").json()["results"]
    assert [row["id"] for row in listed] == [made.json()["id"]]


def test_a_foreign_version_is_not_there(curator: User, dataset: Dataset, analyst: User) -> None:
    make_image(dataset=dataset)
    version = version_freeze(dataset=dataset, by=curator)
    assert client_of(analyst).get(f"/api/versions/{version.pk}/").status_code == 404


def test_a_token_signs_in(curator: User) -> None:
    client = APIClient()
    answer = client.post("/api/token", {"username": "curator", "password": "a long password"})
    assert answer.status_code == 200
    client.credentials(HTTP_AUTHORIZATION=f"Token {answer.json()['token']}")
    assert client.get("/api/datasets/").status_code == 200
    assert Token.objects.get(user=curator).key == answer.json()["token"]


def test_the_right_password_for_a_token_begins_the_count_anew(curator: User) -> None:
    def ask(password: str, address: str = "192.0.2.1") -> int:
        said = {"username": " curator", "password": password}
        return APIClient().post("/api/token", said, REMOTE_ADDR=address).status_code

    few = settings.AXES_FAILURE_LIMIT - 1
    assert {ask("guess", address="192.0.2.2") for _ in range(few)} == {400}
    for _ in range(2):
        assert {ask("guess") for _ in range(few)} == {400}
        assert ask("a long password") == 200
    # What somebody guesses elsewhere is not forgiven with it.
    assert ask("guess", address="192.0.2.2") == 429


def test_after_too_many_wrong_passwords_no_token_is_given_and_the_reason_is_said(
    curator: User,
) -> None:
    def ask(password: str, address: str = "192.0.2.1") -> Any:
        said = {"username": "curator", "password": password}
        return APIClient().post("/api/token", said, REMOTE_ADDR=address)

    answers = [ask(f"guess {number}") for number in range(settings.AXES_FAILURE_LIMIT)]
    assert answers[0].status_code == 400
    assert "Unable to log in" in answers[0].json()["non_field_errors"][0]
    for closed in (answers[-1], ask("a long password")):
        assert closed.status_code == 429
        assert closed["Retry-After"] == "900"
        said = closed.json()["detail"]
        assert said.startswith("Too many tries")
        assert "10 times with a wrong password. Wait 15 minutes and try again" in said
    page = {"username": "curator", "password": "a long password"}
    signed_in = Client().post(reverse("accounts:sign-in"), page, REMOTE_ADDR="192.0.2.1")
    assert signed_in.status_code == 429, "the page counts with it"
    assert ask("a long password", address="192.0.2.2").status_code == 200
