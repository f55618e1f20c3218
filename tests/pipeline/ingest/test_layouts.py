"""EMPS, TiO2, label images, COCO, tables: which truth and which row belong to which image."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from pipeline.contracts import Ingested, IngestedImage
from tests.pipeline.ingest import hostile
from tests.pipeline.ingest.conftest import Ingest

if TYPE_CHECKING:
    from numpy.typing import NDArray


def labels() -> NDArray[np.uint16]:
    found = np.zeros((48, 64), np.uint16)
    found[5:15, 5:15], found[20:30, 30:45] = 3, 7
    return found


def put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def mask_png() -> bytes:
    return hostile.label_png((labels() > 0).astype(np.uint8) * np.uint8(255))


def truth_of(image: IngestedImage, out: Path) -> NDArray[Any]:
    with Image.open(out / image.truth) as truth:
        return np.asarray(truth)


def only(ingested: Ingested) -> IngestedImage:
    assert ingested.refused == ()
    (image,) = ingested.images
    return image


def test_a_truth_of_another_size_is_refused_and_its_image_taken(
    uploads: Path, ingest: Ingest
) -> None:
    put(uploads / "images/a.png", hostile.png())
    put(uploads / "masks/a.png", hostile.label_png(np.zeros((40, 64), np.uint16)))
    ingested = ingest()
    assert [(r.name, r.kind) for r in ingested.refused] == [("masks/a.png", "truth")]
    assert "64 x 40 px, its image 64 x 48 px" in ingested.refused[0].reason
    assert ingested.images[0].truth == ""


def test_a_truth_without_an_image_is_refused(uploads: Path, ingest: Ingest) -> None:
    put(uploads / "a.png", hostile.png())
    put(uploads / "masks/b.png", mask_png())
    assert [(r.name, r.kind) for r in ingest().refused] == [("masks/b.png", "no-image")]


@pytest.mark.parametrize("folder", ["segmaps", "truth", "labels", "Masks"])
def test_label_images_keep_their_numbers(
    uploads: Path, ingest: Ingest, tmp_path: Path, folder: str
) -> None:
    put(uploads / "images/a.png", hostile.png())
    put(uploads / folder / "a.png", hostile.label_png(labels()))
    image = only(ingest())
    found = truth_of(image, tmp_path / "out")
    assert found.dtype == np.uint16
    assert np.array_equal(found, labels())
    assert image.particles == 2


@pytest.mark.parametrize("name", ["masks/a_m.png", "masks/a_mask.png", "a_mask.png", "a_m.png"])
def test_a_mask_is_split_into_its_pieces(
    uploads: Path, ingest: Ingest, tmp_path: Path, name: str
) -> None:
    put(uploads / "images/a.png" if "/" in name else uploads / "a.png", hostile.png())
    put(uploads / name, mask_png())
    found = truth_of(only(ingest()), tmp_path / "out")
    assert np.array_equal(found > 0, labels() > 0)
    assert sorted(np.unique(found)) == [0, 1, 2]


def test_two_sets_in_one_zip_keep_their_own_truths(
    uploads: Path, ingest: Ingest, tmp_path: Path
) -> None:
    other = labels()[::-1].copy()
    hostile.zip_of(
        uploads / "both.zip",
        {
            "one/images/a.png": hostile.png(1),
            "one/masks/a.png": hostile.label_png(labels()),
            "two/images/a.png": hostile.png(2),
            "two/masks/a.png": hostile.label_png(other),
        },
    )
    one, two = ingest().images
    assert np.array_equal(truth_of(one, tmp_path / "out"), labels())
    assert np.array_equal(truth_of(two, tmp_path / "out"), other)


def test_a_table_tells_shape_contrast_and_scale(uploads: Path, ingest: Ingest) -> None:
    put(uploads / "images/a.png", hostile.png())
    table = (
        "image,particles,bright_on_dark,shape,nm_per_px,split\na,2,1,sphere,4.5,val\nzz,1,0,,,\n"
    )
    put(uploads / "index.csv", table.encode())
    image = only(ingest())
    assert (image.shape, image.tags, image.split) == ("sphere", ("bright on dark",), "validation")
    assert (image.nm_per_px, image.nm_per_px_source) == (4.5, "table index.csv")


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n", "\0\0"])
def test_a_table_that_names_no_images_is_refused(
    uploads: Path, ingest: Ingest, content: str
) -> None:
    put(uploads / "a.png", hostile.png())
    put(uploads / "index.csv", content.encode())
    ingested = ingest()
    assert [(r.name, r.kind) for r in ingested.refused] == [("index.csv", "metadata")]
    assert len(ingested.images) == 1


# ---- COCO ---------------------------------------------------------------------------------------


def coco_of(*segmentations: Any, file_name: str = "a.png") -> bytes:
    return json.dumps(
        {
            "images": [{"id": 1, "file_name": file_name, "width": 64, "height": 48}],
            "annotations": [
                {"id": n, "image_id": 1, "category_id": 1, "segmentation": s}
                for n, s in enumerate(segmentations, 1)
            ],
            "categories": [{"id": 1, "name": "particle"}],
        }
    ).encode()


def test_polygons_cover_the_pixels_whose_centres_they_hold(
    uploads: Path, ingest: Ingest, tmp_path: Path
) -> None:
    put(uploads / "images/a.png", hostile.png())
    put(
        uploads / "instances.json",
        coco_of([[5, 5, 15, 5, 15, 15, 5, 15]], [[30, 20, 45, 20, 45, 30, 30, 30]]),
    )
    found = truth_of(only(ingest()), tmp_path / "out")
    assert np.array_equal(found, np.select([labels() == 3, labels() == 7], [1, 2]))


def test_run_lengths_are_read_packed_or_plain(
    uploads: Path, ingest: Ingest, tmp_path: Path
) -> None:
    plain = {"size": [48, 64], "counts": [48 * 10 + 5, 3, 48 * 64 - 48 * 10 - 8]}
    packed = {"size": [48, 64], "counts": _packed(plain["counts"])}
    put(uploads / "a.png", hostile.png(1))
    put(uploads / "b.png", hostile.png(2))
    put(uploads / "a.json", coco_of(plain))
    put(uploads / "b.json", coco_of(packed, file_name="b.png"))
    one, two = ingest().images
    found = truth_of(one, tmp_path / "out")
    assert list(zip(*np.nonzero(found), strict=True)) == [(5, 10), (6, 10), (7, 10)]
    assert np.array_equal(found, truth_of(two, tmp_path / "out"))


def _packed(counts: Any) -> str:
    """Pack run lengths as maskApi.c's rleToString does."""
    text = ""
    for at, count in enumerate(counts):
        value = count - counts[at - 2] if at > 2 else count
        more = True
        while more:
            bits = value & 0x1F
            value >>= 5
            more = value != (-1 if bits & 0x10 else 0)
            text += chr((bits | 0x20 if more else bits) + 48)
    return text


@pytest.mark.parametrize(
    "segmentation",
    [
        [],
        [[1, 2]],
        [["x"] * 6],
        [[1e9] * 6],
        {"size": [10, 10], "counts": [100]},
        {"size": [48, 64], "counts": [5]},
        {"size": [48, 64], "counts": "\x7f\x7f"},
        {"size": [48, 64], "counts": [-1, 48 * 64 + 1]},
        None,
    ],
)
def test_an_outline_that_makes_no_sense_is_named_and_the_others_kept(
    uploads: Path, ingest: Ingest, tmp_path: Path, segmentation: Any
) -> None:
    put(uploads / "a.png", hostile.png())
    put(uploads / "c.json", coco_of(segmentation, [[5, 5, 15, 5, 15, 15, 5, 15]]))
    ingested = ingest()
    assert [(r.name, r.kind) for r in ingested.refused] == [("c.json, a.png", "truth")]
    assert "1 of its 2 objects" in ingested.refused[0].reason
    assert ingested.images[0].particles == 1


@pytest.mark.parametrize("content", [b"", b"[]", b'{"a": 1}', b"[" * 100_000, b'{"images": [1]}'])
def test_json_that_is_no_coco_costs_only_itself(
    uploads: Path, ingest: Ingest, content: bytes
) -> None:
    put(uploads / "a.png", hostile.png())
    put(uploads / "c.json", content)
    ingested = ingest()
    assert [(r.name, r.kind) for r in ingested.refused] == [("c.json", "coco")]
    assert len(ingested.images) == 1


def test_a_note_on_micrographs_among_the_uploads_speaks_for_none_of_them(
    uploads: Path, ingest: Ingest
) -> None:
    put(uploads / "a.png", hostile.png())
    put(uploads / "micrographs.json", b"not json")
    ingested = ingest()
    assert [(r.name, r.kind) for r in ingested.refused] == [("micrographs.json", "coco")]
    assert len(ingested.images) == 1


# ---- published sets -----------------------------------------------------------------------------


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize(("name", "images", "particles"), [("tio2", 28, 143), ("emps", 227, 4)])
def test_the_published_sets_come_in_with_their_truths(
    real_data: Path,
    tmp_path: Path,
    ingest: Ingest,
    uploads: Path,
    name: str,
    images: int,
    particles: int,
) -> None:
    uploads.rmdir()
    uploads.symlink_to(real_data / name)
    ingested = ingest()
    assert len(ingested.images) == images
    assert all(image.truth for image in ingested.images)
    assert ingested.images[0].particles == particles
    if name == "tio2":
        assert {image.nm_per_px for image in ingested.images} == {7.34375}
