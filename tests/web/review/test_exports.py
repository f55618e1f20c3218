"""Exports: what made a mask is in each, no cell is a formula, other programs can read them."""

import base64
import csv
import io
import json
import zipfile
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
import roifile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from core.files import file_open
from review.exports.histogram import bins_of, in_words
from review.models import MaskVersion, Review, ReviewItem
from review.services import correction_start, outlines_start
from review.sizes import summed_up, t95
from runs.local import run_here
from tests.web.review.making import discs, first_item, make_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def review() -> Review:
    return make_review()


@pytest.fixture
def item(review: Review) -> ReviewItem:
    return first_item(review)


@pytest.fixture
def corrected(item: ReviewItem) -> MaskVersion:
    edits = [{"op": "delete", "labels": [4]}]
    correction = correction_start(
        item=item, base_number=1, edits=edits, by=item.review.owner, note="dust"
    )
    assert correction.run is not None
    run_here(correction.run)
    item.refresh_from_db()
    assert item.head is not None
    return item.head


def fetch(client: Client, version: MaskVersion, kind: str) -> bytes:
    client.force_login(version.item.review.owner)
    answer: Any = client.get(reverse("review:export", args=[version.pk, kind]))
    assert answer.status_code == 200, answer.status_code
    assert "attachment" in answer["Content-Disposition"]
    content = b"".join(answer) if answer.streaming else answer.content
    answer.close()
    return content


def test_an_unknown_export_is_not_found(client: Client, item: ReviewItem) -> None:
    client.force_login(item.review.owner)
    for kind in ("exe", "csv/../x", "tif.png"):
        assert client.get(f"/review/masks/{item.head_id}/export.{kind}").status_code == 404


def test_outlines_are_asked_for_before_they_are_there(client: Client, item: ReviewItem) -> None:
    client.force_login(item.review.owner)
    for kind in ("tif", "coco.json", "rois.zip", "outlines.svg"):
        answer = client.get(reverse("review:export", args=[item.head_id, kind]), follow=True)
        assert "This file is made first" in answer.content.decode()


def test_the_csv_has_a_row_a_particle_in_px_and_nm_with_what_made_it(
    client: Client, corrected: MaskVersion
) -> None:
    text = fetch(client, corrected, "csv").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["label"] for row in rows] == ["1", "2", "3"]
    for row in rows:
        assert row["mask_version"] == "2"
        assert row["corrected_by"] == corrected.item.review.owner.username
        assert float(row["equivalent_diameter_nm"]) == pytest.approx(
            2 * float(row["equivalent_diameter_px"]), rel=1e-4
        )
    assert float(rows[0]["area_nm2"]) == 4 * float(rows[0]["area_px2"])


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_name_that_a_spreadsheet_would_compute_stays_text(
    client: Client, item: ReviewItem, kind: str
) -> None:
    ReviewItem.objects.filter(pk=item.pk).update(name="=HYPERLINK(1)")
    Review.objects.filter(pk=item.review_id).update(title="@SUM(A1)")
    item.refresh_from_db()
    assert item.head is not None
    content = fetch(client, item.head, kind)
    if kind == "csv":
        row = next(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
        cells = [row["image"], row["review"]]
    else:
        sheet = load_workbook(io.BytesIO(content))["Particles"]
        cells = [cell.value for cell in sheet[2]][:2]
        assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)
    assert cells == ["'=HYPERLINK(1)", "'@SUM(A1)"]


def test_the_workbook_has_particles_sizes_and_provenance(
    client: Client, corrected: MaskVersion
) -> None:
    book = load_workbook(io.BytesIO(fetch(client, corrected, "xlsx")))
    assert book.sheetnames == ["Particles", "Sizes", "Provenance"]
    assert book["Particles"].max_row == 4
    made = dict(
        zip(
            *([cell.value for cell in line] for line in book["Provenance"].iter_rows()), strict=True
        )
    )
    assert made["correction"] == "1 deleted"
    assert made["labels_sha256"] == corrected.labels_id
    assert made["weights_sha256"] == "shipped with the program"


def test_the_histogram_is_an_svg_that_says_n_and_the_interval(
    client: Client, corrected: MaskVersion
) -> None:
    root = ElementTree.fromstring(fetch(client, corrected, "svg"))
    text = " ".join(root.itertext())
    assert "n = 3; mean" in text
    assert "equivalent diameter / nm" in text
    assert "mask_version: 2" in text


def test_the_figure_has_the_micrograph_and_an_outline_around_each_particle(
    client: Client, corrected: MaskVersion
) -> None:
    root = ElementTree.fromstring(fetch(client, corrected, "outlines.svg"))
    svg = "{http://www.w3.org/2000/svg}"
    labels = discs()
    assert root.attrib["viewBox"] == f"0 0 {labels.shape[1]} {labels.shape[0]}"
    image = root.find(f"{svg}image")
    assert image is not None
    kind, _, content = image.attrib["href"].partition(";base64,")
    assert kind == f"data:{corrected.item.view.media_type}"
    with file_open(corrected.item.view) as stream:
        assert base64.b64decode(content) == stream.read()
    paths = {path.attrib["id"]: path for path in root.iter(f"{svg}path")}
    assert list(paths) == ["particle-1", "particle-2", "particle-3"]
    for label in (1, 2, 3):
        told = paths[f"particle-{label}"].attrib["d"].removeprefix("M").removesuffix("Z")
        x, y = np.array([point.split() for point in told.split("L")], float).T
        shoelace = abs(x @ np.roll(y, 1) - y @ np.roll(x, 1)) / 2
        assert shoelace == np.count_nonzero(labels == label)
    assert "mask_version: 2" in " ".join(root.itertext())


def test_a_particle_that_does_not_count_is_dashed_and_says_why(
    client: Client, item: ReviewItem
) -> None:
    assert item.head is not None
    asked = outlines_start(version=item.head, by=item.review.owner)
    assert asked.files_run is not None
    run_here(asked.files_run)
    root = ElementTree.fromstring(fetch(client, item.head, "outlines.svg"))
    paths = {path.attrib["id"]: path for path in root.iter("{http://www.w3.org/2000/svg}path")}
    assert "stroke-dasharray" not in paths["particle-3"].attrib
    assert "stroke-dasharray" in paths["particle-4"].attrib
    assert "4, not counted: " in " ".join(paths["particle-4"].itertext())


def test_tables_of_a_mask_without_particles_have_their_header(
    client: Client, item: ReviewItem
) -> None:
    edits = [{"op": "delete", "labels": [1, 2, 3, 4]}]
    correction = correction_start(item=item, base_number=1, edits=edits, by=item.review.owner)
    assert correction.run is not None
    run_here(correction.run)
    item.refresh_from_db()
    assert item.head is not None
    [head] = csv.reader(io.StringIO(fetch(client, item.head, "csv").decode("utf-8-sig")))
    assert {"image", "label", "equivalent_diameter_nm"} <= set(head)
    book = load_workbook(io.BytesIO(fetch(client, item.head, "xlsx")))
    assert [cell.value for cell in next(book["Particles"].rows)] == head
    for kind in ("svg", "outlines.svg", "coco.json", "rois.zip"):
        fetch(client, item.head, kind)


def test_coco_s_polygons_have_the_areas_of_the_masks(
    client: Client, corrected: MaskVersion
) -> None:
    told = json.loads(fetch(client, corrected, "coco.json"))
    assert [one["label"] for one in told["annotations"]] == [1, 2, 3]
    labels = discs()
    for one in told["annotations"]:
        x, y = np.array(one["segmentation"][0], float).reshape(-1, 2).T
        shoelace = abs(x @ np.roll(y, 1) - y @ np.roll(x, 1)) / 2
        assert shoelace == one["area"] == np.count_nonzero(labels == one["label"])
    assert told["images"][0]["provenance"]["mask_version"] == "2"
    assert told["images"][0]["width"] == labels.shape[1]


def test_the_roi_set_can_be_read_and_each_roi_fills_its_particle(
    client: Client, corrected: MaskVersion
) -> None:
    labels = discs()
    with zipfile.ZipFile(io.BytesIO(fetch(client, corrected, "rois.zip"))) as archive:
        names = archive.namelist()
        assert names == ["00001.roi", "00002.roi", "00003.roi", "provenance.txt"]
        roi = roifile.ImagejRoi.frombytes(archive.read("00003.roi"))
        assert b"mask_version: 2" in archive.read("provenance.txt")
    corners = np.asarray(roi.coordinates())
    rows, columns = np.nonzero(labels == 3)
    assert corners.min(axis=0).tolist() == [columns.min(), rows.min()]
    assert corners.max(axis=0).tolist() == [columns.max() + 1, rows.max() + 1]


def test_the_tiff_is_the_mask_and_says_who_corrected_it(
    client: Client, corrected: MaskVersion
) -> None:
    import tifffile

    with tifffile.TiffFile(io.BytesIO(fetch(client, corrected, "tif"))) as tiff:
        labels = discs()
        labels[labels == 4] = 0
        assert np.array_equal(tiff.asarray(), labels)
        assert "corrected by" in tiff.pages.first.description


def test_a_whole_review_is_exported_in_one_file_of_each_kind(
    client: Client, corrected: MaskVersion, review: Review
) -> None:
    client.force_login(review.owner)
    for kind in ("csv", "xlsx", "labels.zip", "coco.json"):
        answer = client.get(reverse("review:export-review", args=[review.pk, kind]))
        assert answer.status_code == 200
    with file_open(corrected.labels) as stream:
        labels = stream.read()
    answer = client.get(reverse("review:export-review", args=[review.pk, "labels.zip"]))
    assert answer.streaming
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert labels in [archive.read(name) for name in archive.namelist()]


def test_coco_of_a_review_waits_for_outlines(client: Client, item: ReviewItem) -> None:
    client.force_login(item.review.owner)
    url = reverse("review:export-coco", args=[item.review_id])
    assert "being made" in client.post(url, follow=True).content.decode()
    version = MaskVersion.objects.get()
    assert version.files_run is not None
    run_here(version.files_run)
    answer = client.post(url, follow=True)
    assert answer["Content-Type"] == "application/json"
    version.refresh_from_db()
    assert outlines_start(version=version, by=item.review.owner).outlines is not None


# ---- figures -------------------------------------------------------------------------------------


def test_student_s_t_is_that_of_tables() -> None:
    from scipy.stats import t

    for degrees in (1, 2, 5, 30, 31, 60, 120, 1000):
        assert t95(degrees) == pytest.approx(t.ppf(0.975, degrees), rel=2e-4)


def test_sizes_are_those_of_numpy_and_too_few_have_no_interval() -> None:
    values = np.random.default_rng(2).lognormal(3, 0.3, 400)
    sizes = summed_up(values.tolist())
    assert sizes.mean == pytest.approx(values.mean())
    assert [sizes.d10, sizes.d50, sizes.d90] == pytest.approx(np.quantile(values, (0.1, 0.5, 0.9)))
    assert summed_up([3.0]).mean_low is None
    assert summed_up([]).mean is None
    assert in_words(summed_up([]), "nm") == "no particle counts"


def test_bins_hold_every_value_once() -> None:
    for values in ([], [5.0], [5.0] * 10, np.random.default_rng(3).normal(50, 9, 500).tolist()):
        edges, counts = bins_of(values)
        assert sum(counts) == len(values)
        assert len(edges) == len(counts) + 1
