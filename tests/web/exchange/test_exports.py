"""Versions as ZIP, COCO, label TIFF and table: whole, checked, and safe in a spreadsheet."""

import csv
import io
import json
import zipfile
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from catalog.models import Dataset, Image, Version
from catalog.services import version_freeze
from exchange.models import Export
from runs.local import run_here
from runs.models import Run, Status
from tests.pipeline.ingest import hostile
from tests.web.exchange.conftest import Post
from tests.web.factories import make_image, make_user, make_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(imported: Post, dataset: Dataset, curator: User) -> Version:
    import numpy as np

    labels = np.zeros((48, 64), np.uint16)
    labels[4:9, 4:9] = 1
    imported(
        {"a.png": hostile.png(1), "a_mask.png": hostile.label_png(labels), "b.png": hostile.png(2)},
        source="Me, 2026",
        licence="CC BY-NC-ND 4.0",
    )
    Image.objects.filter(name="b.png").update(nm_per_px=4.0, scale_source="typed", split="test")
    return version_freeze(dataset=dataset, by=curator, note="first")


def start(client: Client, version: Version, layout: str, **fields: str) -> Any:
    url = reverse("exchange:export-start", args=[version.pk])
    return client.post(url, {"layout": layout, **fields})


def downloaded(client: Client, export: Export) -> zipfile.ZipFile:
    run_here(export.run)
    response = client.get(reverse("exchange:download", args=[export.pk]))
    assert response.status_code == 200, export.run.problem
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    return zipfile.ZipFile(io.BytesIO(content))


# ---- refused ------------------------------------------------------------------------------------


def test_a_version_of_somebody_else_is_not_there(signed_in: Client) -> None:
    foreign = make_version()
    for name in ("export", "export-progress", "metadata"):
        assert signed_in.get(reverse(f"exchange:{name}", args=[foreign.pk])).status_code == 404
    assert start(signed_in, foreign, "originals").status_code == 404
    assert not Export.objects.exists()


def test_an_export_of_somebody_else_cannot_be_downloaded(
    signed_in: Client, version: Version, client: Client
) -> None:
    start(signed_in, version, "originals")
    export = Export.objects.get()
    client.force_login(make_user(Role.CURATOR))
    assert client.get(reverse("exchange:download", args=[export.pk])).status_code == 404


@pytest.mark.parametrize("layout", ["", "pdf", "../x"])
def test_a_layout_that_does_not_exist_is_refused(
    signed_in: Client, version: Version, layout: str
) -> None:
    response = start(signed_in, version, layout)
    assert response.status_code == 422
    assert "Choose original files, COCO instances or label TIFFs." in response.content.decode()


def test_labels_of_a_version_without_truth_are_refused(
    signed_in: Client, dataset: Dataset, curator: User
) -> None:
    make_image(dataset=dataset)
    bare = version_freeze(dataset=dataset, by=curator)
    response = start(signed_in, bare, "coco")
    assert response.status_code == 422
    assert "has ground truth" in response.content.decode()


def test_an_export_that_is_not_ready_leads_back_to_its_page(
    signed_in: Client, version: Version
) -> None:
    start(signed_in, version, "originals")
    export = Export.objects.get()
    response = signed_in.get(reverse("exchange:download", args=[export.pk]))
    assert response["Location"] == reverse("exchange:export", args=[version.pk])


def test_asked_for_twice_it_is_packed_once(signed_in: Client, version: Version) -> None:
    for _ in range(2):
        assert start(signed_in, version, "originals").status_code == 302
    assert Export.objects.count() == 1
    assert Run.objects.filter(stage="export").count() == 1
    Run.objects.filter(stage="export").update(status=Status.FAILED)
    start(signed_in, version, "originals")
    assert Export.objects.count() == 2


# ---- packed -------------------------------------------------------------------------------------


def test_originals_come_with_card_manifest_and_table(signed_in: Client, version: Version) -> None:
    start(signed_in, version, "originals")
    with downloaded(signed_in, Export.objects.get()) as packed:
        names = set(packed.namelist())
        card = packed.read("README.md").decode()
        manifest = json.loads(packed.read("manifest.json"))
        assert packed.read("images/a.png") == hostile.png(1)
    assert names == {
        "README.md", "manifest.json", "metadata.csv", "images/a.png", "images/b.png", "truth/a.png",
    }  # fmt: skip
    assert "# Gold, version 1" in card
    assert f"`{version.manifest_sha256}`" in card
    assert "Me, 2026; licence: CC BY-NC-ND 4.0 (2 images)" in card
    assert "4 nm a pixel, known of 1 of 2 images" in card
    assert "with ground truth: 1" in card
    assert manifest["manifest_sha256"] == version.manifest_sha256
    assert {item["sha256"] for item in manifest["items"]} == set(
        version.items.values_list("file_id", flat=True)
    )


def test_coco_and_label_tiffs_are_packed(signed_in: Client, version: Version) -> None:
    start(signed_in, version, "coco", with_images="off")
    with downloaded(signed_in, Export.objects.get()) as packed:
        data = json.loads(packed.read("annotations/instances.json"))
        assert "images/a.png" not in packed.namelist()
    (particle,) = data["annotations"]
    assert (particle["area"], particle["bbox"]) == (25, [4, 4, 5, 5])
    start(signed_in, version, "labels")
    with downloaded(signed_in, Export.objects.get(layout="labels")) as packed:
        assert {"labels/a.tif", "images/b.png"} <= set(packed.namelist())


def test_the_page_offers_the_download_once_it_is_ready(signed_in: Client, version: Version) -> None:
    start(signed_in, version, "originals")
    url = reverse("exchange:export", args=[version.pk])
    assert "every 2s" in signed_in.get(url).content.decode()
    run_here(Export.objects.get().run)
    page = signed_in.get(url).content.decode()
    assert "Download ZIP" in page
    assert "every 2s" not in page


def test_no_text_of_the_table_is_a_formula(
    signed_in: Client, dataset: Dataset, curator: User
) -> None:
    danger = '=HYPERLINK("http://x","a")'
    make_image(dataset=dataset, name="=cmd|x!A0.png", material="+1+1", source=danger,
               shape="@sum", licence="-2")  # fmt: skip
    version = version_freeze(dataset=dataset, by=curator)
    response = signed_in.get(reverse("exchange:metadata", args=[version.pk]))
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    header, row = csv.reader(io.StringIO(text))
    cells = dict(zip(header, row, strict=True))
    for name in ("image", "name", "material", "source", "shape", "licence"):
        assert cells[name].startswith("'"), name
    assert response["Content-Disposition"] == 'attachment; filename="gold-v1.csv"'


def test_two_images_of_one_name_keep_apart(
    signed_in: Client, dataset: Dataset, curator: User
) -> None:
    first, second = (
        make_image(dataset=dataset, name="a.png"),
        make_image(dataset=dataset, name="A.png"),
    )
    version = version_freeze(dataset=dataset, by=curator)
    start(signed_in, version, "originals")
    with downloaded(signed_in, Export.objects.get()) as packed:
        images = [name for name in packed.namelist() if name.startswith("images/")]
    assert len({name.lower() for name in images}) == 2
    assert any(str(one.pk) in name for one in (first, second) for name in images)
