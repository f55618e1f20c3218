import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role, User
from catalog.models import BulkEdit, Dataset, Image, NearDuplicate, Version
from tests.web.factories import (
    make_dataset,
    make_file,
    make_image,
    make_user,
    make_version,
)

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


@pytest.fixture
def dataset() -> Dataset:
    dataset = make_dataset(name="Gold")
    for number in range(5):
        make_image(dataset=dataset, name=f"{number}.tif", data_bar_row=10)
    dataset.refresh_from_db()
    return dataset


@pytest.fixture
def curator(dataset: Dataset, client_of: ClientOf) -> Client:
    """The owner of the dataset, signed in."""
    return client_of(dataset.owner)


def page(client: Client, name: str, /, *arguments: Any, query: str = "", **headers: str) -> str:
    address = reverse(f"catalog:{name}", args=arguments) + (f"?{query}" if query else "")
    response = client.get(address, headers=headers)
    assert response.status_code == 200, response.content
    return response.content.decode()


def post(client: Client, name: str, /, *arguments: Any, **data: Any) -> str:
    """Post, follow, and return the page that comes next."""
    address = reverse(f"catalog:{name}", args=arguments)
    response = client.post(address, data, follow=True)
    assert response.status_code == 200
    return response.content.decode()


# ---- datasets -----------------------------------------------------------------------------------


def test_a_lab_without_datasets_is_told_what_to_do_first(client_of: ClientOf) -> None:
    assert "Make the first dataset" in page(client_of(make_user(Role.CURATOR)), "index")
    assert "A curator can make one" in page(client_of(make_user(Role.ANALYST)), "index")


def test_a_dataset_is_made_and_shared_with_named_people(client_of: ClientOf) -> None:
    guest = make_user(Role.ANALYST, name="guest")
    text = post(
        client_of(make_user(Role.CURATOR)),
        "new",
        name="Silver",
        kind="real",
        visibility="shared",
        shared_with="guest",
    )
    assert "No images yet" in text
    assert list(Dataset.objects.get(name="Silver").shared_with.all()) == [guest]
    assert "Silver" in page(client_of(guest), "index")


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"name": ""}, "required"),
        ({"name": "Gold"}, "You have a dataset named Gold already"),
        ({"shared_with": "ghost, spirit"}, "nobody named ghost, spirit"),
        ({"kind": "imaginary"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_made(
    curator: Client, dataset: Dataset, said: dict[str, str], says: str
) -> None:
    asked = {"name": "New", "kind": "real", "visibility": "private"} | said
    response = curator.post(reverse("catalog:new"), asked)
    assert response.status_code == 422
    assert says in response.content.decode()
    assert Dataset.objects.count() == 1


def test_a_dataset_is_deleted_only_by_its_name(curator: Client, dataset: Dataset) -> None:
    assert "Nothing was deleted: type" in post(curator, "delete", dataset.pk, name="Gol")
    assert "Gold was deleted" in post(curator, "delete", dataset.pk, name="Gold")
    assert not Dataset.objects.exists()


def test_a_frozen_dataset_is_not_deleted_and_says_why(curator: Client, dataset: Dataset) -> None:
    make_version(dataset=dataset)
    assert "has frozen versions" in post(curator, "delete", dataset.pk, name="Gold")
    assert Dataset.objects.exists()


# ---- gallery ------------------------------------------------------------------------------------


def test_a_gallery_has_as_many_queries_for_many_images_as_for_few(
    curator: Client, dataset: Dataset
) -> None:
    page(curator, "dataset", dataset.pk)
    with CaptureQueriesContext(
        connection,
    ) as few:
        page(curator, "dataset", dataset.pk)
    for number in range(30):
        make_image(dataset=dataset, tags=[f"tag {number}"], material=f"material {number}")
    with CaptureQueriesContext(connection) as many:
        page(curator, "dataset", dataset.pk)
    assert len(many) == len(few) <= 11


def test_a_list_of_datasets_has_as_many_queries_for_many_as_for_few(curator: Client) -> None:
    with CaptureQueriesContext(connection) as few:
        page(curator, "index")
    for _ in range(10):
        make_image(dataset=make_dataset(visibility="lab"))
    with CaptureQueriesContext(connection) as many:
        page(curator, "index")
    assert len(many) == len(few) <= 5


def test_nothing_counts_images(curator: Client, dataset: Dataset) -> None:
    with CaptureQueriesContext(connection) as queries:
        page(curator, "dataset", dataset.pk)
    assert not [query["sql"] for query in queries if "COUNT(" in query["sql"].upper()]


def test_pages_are_links_that_keep_the_filter(curator: Client, dataset: Dataset) -> None:
    for number in range(60):
        make_image(dataset=dataset, name=f"n{number:02d}.tif")
    text = page(curator, "dataset", dataset.pk, query="sort=name&size=25&name=n")
    last = Image.objects.get(name="n24.tif")
    assert f"?name=n&amp;sort=name&amp;size=25&amp;after={last.pk}" in text
    text = page(curator, "dataset", dataset.pk, query=f"name=n&sort=name&size=25&after={last.pk}")
    assert "n25.tif" in text
    assert "n24.tif" not in text
    assert 'rel="prev"' in text


def test_htmx_gets_the_images_only_and_a_way_back_the_whole_page(
    curator: Client, dataset: Dataset
) -> None:
    text = page(curator, "dataset", dataset.pk, HX_Request="true")
    assert "<html" not in text
    assert 'id="gallery"' in text
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    response = curator.get(reverse("catalog:dataset", args=[dataset.pk]), headers=headers)
    assert "<html" in response.content.decode()
    assert "HX-Request" in response["Vary"]


def test_a_filter_that_finds_nothing_leads_back(curator: Client, dataset: Dataset) -> None:
    assert "No image matches" in page(curator, "dataset", dataset.pk, query="name=nowhere")


@pytest.mark.parametrize(
    "query", ["after=x", "before=-1", "after=99999999999999999999", "size=7", "sort=%00", "tag=%FF"]
)
def test_an_address_that_makes_no_sense_shows_the_first_page(
    curator: Client, dataset: Dataset, query: str
) -> None:
    assert 'class="tiles"' in page(curator, "dataset", dataset.pk, query=query) or "tag" in query


def test_people_who_may_only_look_get_no_forms(dataset: Dataset, client_of: ClientOf) -> None:
    Dataset.objects.update(visibility="lab")
    for role in (Role.CURATOR, Role.ANALYST):
        client = client_of(make_user(role))
        assert 'id="bulk"' not in page(client, "dataset", dataset.pk)
        image = dataset.images.first()
        assert image is not None
        assert 'method="post" action="/datasets' not in page(client, "image", image.pk)
        assert "Freeze a version" not in page(client, "versions", dataset.pk)


def test_names_of_files_are_escaped(curator: Client, dataset: Dataset) -> None:
    image = make_image(dataset=dataset, name='<script>"x"</script>.tif')
    for text in (page(curator, "dataset", dataset.pk), page(curator, "image", image.pk)):
        assert '<script>"x"' not in text


# ---- many at once -------------------------------------------------------------------------------


def keys(dataset: Dataset, *names: str) -> list[int]:
    return list(dataset.images.filter(name__in=names).values_list("pk", flat=True))


def test_selected_images_are_excluded_and_the_page_comes_back(
    curator: Client, dataset: Dataset
) -> None:
    response = curator.post(
        reverse("catalog:change", args=[dataset.pk]),
        {
            "action": "exclude",
            "reason": "blurred",
            "scope": "selected",
            "chosen": [str(keys(dataset, "1.tif")[0]), f",{keys(dataset, '2.tif')[0]},99999"],
            "at": "name=tif&sort=name",
        },
        follow=True,
    )
    assert response.redirect_chain == [(f"/datasets/{dataset.pk}/?name=tif&sort=name", 303)]
    assert "Exclude: 2 images changed." in response.content.decode()
    assert dataset.images.exclude(excluded_reason="").count() == 2


def test_all_that_match_but_for_some_are_changed(curator: Client, dataset: Dataset) -> None:
    make_image(dataset=dataset, name="other.tif")
    post(
        curator,
        "change",
        dataset.pk,
        action="split",
        split="train",
        scope="matching",
        at="problem=bar",
        **{"except": keys(dataset, "3.tif")},
    )
    found = dataset.images.filter(split="train").order_by("name")
    assert [image.name for image in found] == ["0.tif", "1.tif", "2.tif", "4.tif"]


def test_a_bulk_form_of_nonsense_says_so(curator: Client, dataset: Dataset) -> None:
    assert "No image is selected" in post(curator, "change", dataset.pk, action="include")
    text = post(curator, "change", dataset.pk, action="explode", chosen=["x", "-1", "1"])
    assert "Choose what to do with the images. Nothing was changed." in text
    text = post(curator, "change", dataset.pk, action="exclude", scope="matching", at="after=%00")
    assert "reason for excluding is missing" in text


def test_a_big_change_goes_on_from_its_own_page(
    curator: Client, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog.services.bulk.SLICE", 2)
    text = post(curator, "change", dataset.pk, action="material", material="gold", scope="matching")
    edit = BulkEdit.objects.get()
    assert "2 of 5 images" in text
    assert 'hx-trigger="load' in text
    assert "is not finished" in page(curator, "dataset", dataset.pk)
    assert "4 of 5 images" in post(curator, "edit-continue", edit.pk)
    response = curator.post(
        reverse("catalog:edit-continue", args=[edit.pk]), headers={"HX-Request": "true"}
    )
    text = response.content.decode()
    assert "5 images changed." in text
    assert "hx-trigger" not in text
    assert "<html" not in text
    assert "is not finished" not in page(curator, "dataset", dataset.pk)


def test_a_big_change_can_be_stopped(
    curator: Client, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog.services.bulk.SLICE", 2)
    post(curator, "change", dataset.pk, action="shape", shape="rod", scope="matching")
    text = post(curator, "edit-stop", BulkEdit.objects.get().pk)
    assert "2 images changed. The rest is as it was." in text
    assert dataset.images.filter(shape="rod").count() == 2


# ---- one image ----------------------------------------------------------------------------------


@pytest.fixture
def image(dataset: Dataset) -> Image:
    return dataset.images.get(name="2.tif")


def test_an_image_leads_to_its_neighbours_within_the_filter(
    curator: Client, dataset: Dataset, image: Image
) -> None:
    make_image(dataset=dataset, name="3b.tif", data_bar_row=None)
    text = page(curator, "image", image.pk, query="sort=name&problem=bar")
    before, after = keys(dataset, "1.tif")[0], keys(dataset, "3.tif")[0]
    assert f'rel="prev" href="/datasets/images/{before}/?problem=bar&amp;sort=name"' in text
    assert f'rel="next" href="/datasets/images/{after}/?problem=bar&amp;sort=name"' in text


@pytest.mark.parametrize(
    ("said", "nm_per_px", "source"),
    [
        ({"nm_per_px": "2,5"}, 2.5, "typed"),
        ({"nm_per_px": ""}, None, ""),
        ({"how": "drawn", "pixels": "10", "bar_length": "200", "unit": "nm"}, 20.0, "drawn"),
        ({"how": "drawn", "pixels": "10", "bar_length": "0.5", "unit": "µm"}, 50.0, "drawn"),
    ],
)
def test_a_pixel_size_is_typed_drawn_or_unknown(
    curator: Client, image: Image, said: dict[str, str], nm_per_px: float | None, source: str
) -> None:
    assert "Pixel size saved" in post(curator, "image-scale", image.pk, **said)
    image.refresh_from_db()
    assert (image.nm_per_px, image.scale_source) == (nm_per_px, source)


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"nm_per_px": "two"}, "must be a number"),
        ({"nm_per_px": "-1"}, "cannot be true"),
        ({"nm_per_px": "1e400"}, "must be a number"),
        ({"how": "drawn", "pixels": "1", "bar_length": "1", "unit": "nm"}, "Draw a line over"),
        ({"how": "drawn", "pixels": "500", "bar_length": "1", "unit": "nm"}, "Draw a line over"),
        ({"how": "drawn", "pixels": "10", "bar_length": "1", "unit": "inch"}, "Choose nm or µm"),
        ({"how": "drawn", "pixels": "10", "bar_length": "0", "unit": "nm"}, "cannot be true"),
    ],
)
def test_a_pixel_size_that_cannot_be_is_refused(
    curator: Client, image: Image, said: dict[str, str], says: str
) -> None:
    assert says in post(curator, "image-scale", image.pk, **said)
    image.refresh_from_db()
    assert image.nm_per_px is None


def test_a_data_bar_is_moved_confirmed_or_none(curator: Client, image: Image) -> None:
    assert "Data bar confirmed" in post(curator, "image-bar", image.pk, data_bar_row="11")
    image.refresh_from_db()
    assert (image.data_bar_row, image.data_bar_confirmed) == (11, True)
    assert "cannot begin in row 12" in post(curator, "image-bar", image.pk, data_bar_row="12")
    assert "must be a number" in post(curator, "image-bar", image.pk, data_bar_row="")
    assert "no data bar" in post(curator, "image-bar", image.pk, bar="none", data_bar_row="")
    image.refresh_from_db()
    assert (image.data_bar_row, image.data_bar_confirmed) == (None, True)


def test_an_image_is_excluded_described_and_deleted(
    curator: Client, dataset: Dataset, image: Image
) -> None:
    assert "reason for excluding is missing" in post(curator, "image-use", image.pk, reason=" ")
    assert "Excluded: drift" in post(curator, "image-use", image.pk, reason="drift")
    assert "In use again" in post(curator, "image-use", image.pk, use="include")
    text = post(curator, "image-describe", image.pk, split="test", material="gold", notes="a\nb")
    assert "Saved." in text
    assert 'value="gold"' in text
    assert "Choose a split" in post(curator, "image-describe", image.pk, split="all")
    assert "2.tif was deleted" in post(curator, "image-delete", image.pk, at="sort=name")
    dataset.refresh_from_db()
    assert dataset.image_count == 4


def test_a_frozen_image_is_not_deleted_and_says_why(
    curator: Client, dataset: Dataset, image: Image
) -> None:
    make_version(dataset=dataset)
    assert "belongs to a frozen version" in post(curator, "image-delete", image.pk)
    assert Image.objects.filter(pk=image.pk).exists()


def test_an_image_and_a_version_lead_to_their_lineage(
    curator: Client, dataset: Dataset, image: Image
) -> None:
    version = make_version(dataset=dataset)
    told = page(curator, "image", image.pk)
    assert f'href="{reverse("runs:lineage", args=["image", image.pk])}"' in told
    told = page(curator, "version", version.pk)
    assert f'href="{reverse("runs:lineage", args=["version", version.pk])}"' in told


def test_files_come_as_they_are_and_the_original_only_to_the_disk(
    curator: Client, dataset: Dataset
) -> None:
    image = make_image(dataset=dataset, name="x.html", truth=make_file(bits=16))
    for name in ("image-view", "thumbnail", "image-truth"):
        response = curator.get(reverse(f"catalog:{name}", args=[image.pk]))
        assert response["Content-Type"] == "image/png"
        assert response.getvalue().startswith(b"\x89PNG")
    response = curator.get(reverse("catalog:image-original", args=[image.pk]))
    response.close()
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"] == 'attachment; filename="x.html"'


def test_an_image_without_truth_has_none_to_send(curator: Client, image: Image) -> None:
    assert curator.get(reverse("catalog:image-truth", args=[image.pk])).status_code == 404


# ---- versions and near-duplicates ---------------------------------------------------------------


def test_a_version_is_frozen_with_a_note_and_shows_its_hash(
    curator: Client, dataset: Dataset
) -> None:
    text = post(curator, "freeze", dataset.pk, note="=first")
    version = Version.objects.get()
    assert version.manifest_sha256 in text
    assert "Frozen as version 1" in text
    assert "=first" in page(curator, "versions", dataset.pk)
    response = curator.get(reverse("catalog:version-manifest", args=[version.pk]))
    assert len(json.loads(response.getvalue())) == 5


def test_a_dataset_of_excluded_images_is_not_frozen(curator: Client, dataset: Dataset) -> None:
    post(curator, "change", dataset.pk, action="exclude", reason="x", scope="matching")
    assert "nothing to freeze" in post(curator, "freeze", dataset.pk)


def test_a_second_version_shows_what_changed(
    curator: Client, dataset: Dataset, image: Image
) -> None:
    make_version(dataset=dataset)
    post(curator, "image-use", image.pk, reason="drift")
    text = post(curator, "freeze", dataset.pk)
    assert "1 gone" in text
    assert "<li>2.tif</li>" in text


def test_a_pair_is_decided_and_remembered(curator: Client, dataset: Dataset) -> None:
    for name in ("a.tif", "b.tif"):
        make_image(dataset=dataset, name=name, phash="c3a5b17e0f9d2846")
    assert "Exclude the second" in page(curator, "duplicates", dataset.pk)
    pair = NearDuplicate.objects.get()
    assert "Decide to keep both" in post(curator, "decide", pair.pk, decision="neither")
    text = post(curator, "decide", pair.pk, decision="first")
    assert "No pair waits" in text
    text = page(curator, "duplicates", dataset.pk, query="decided=1")
    assert "excluded: Near-duplicate of b.tif" in text
