"""A version packed and taken in again is the same version."""

from __future__ import annotations

import dataclasses
import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from pipeline import coco, codec, files
from pipeline.contracts import Event, ExportSpec, Ingested, IngestSpec, Manifest, ManifestItem
from pipeline.errors import InputRefused, SpecRefused
from pipeline.runner import run_stage
from tests.pipeline.ingest import hostile

if TYPE_CHECKING:
    from numpy.typing import NDArray


def _silent(event: Event) -> None:
    del event


def labels() -> NDArray[np.uint16]:
    """Return a square, a ring with a hole, and two pixels that meet at a corner."""
    found = np.zeros((48, 64), np.uint16)
    found[5:15, 5:15] = 2
    found[20:40, 30:50], found[26:34, 36:44] = 5, 0
    found[45, 60] = found[46, 61] = 9
    return found


def item(key: str, file: str) -> ManifestItem:
    return ManifestItem(
        key=key, file=file, name=file, sha256="", truth_sha256="", width_px=64, height_px=48,
        split="", nm_per_px=5.0, scale_source="tag", data_bar_row=None, material="", shape="",
        source="", licence="",
    )  # fmt: skip


@pytest.fixture
def version(tmp_path: Path) -> Path:
    for name in ("card", "images", "truth"):
        (tmp_path / name).mkdir()
    manifest = Manifest(
        dataset="Gold", version=2, manifest_sha256="ab", kind="real", description="", source="me",
        licence="CC0", items=(item("1", "a.png"), item("2", "b.png")),
    )  # fmt: skip
    files.write_json(tmp_path / "card/manifest.json", manifest)
    (tmp_path / "card/README.md").write_text("# Gold")
    (tmp_path / "card/metadata.csv").write_text("image,shape\na.png,cube\nb.png,\n")
    (tmp_path / "images/1-a.png").write_bytes(hostile.png(1))
    (tmp_path / "images/2-b.png").write_bytes(hostile.png(2))
    (tmp_path / "truth/1-a.png").write_bytes(hostile.label_png(labels()))
    return tmp_path


def export(root: Path, **fields: Any) -> zipfile.ZipFile:
    spec = ExportSpec(
        card=str(root / "card"), images=str(root / "images"), truth=str(root / "truth"), **fields
    )
    out = root / f"out-{len(list(root.iterdir()))}"
    run_stage(spec, out, emit=_silent)
    return zipfile.ZipFile(out / "dataset.zip")


@pytest.mark.parametrize("name", ["../a.png", "x/a.png", ".a", "b.png"])
def test_a_manifest_that_names_odd_files_is_refused(version: Path, name: str) -> None:
    path = version / "card/manifest.json"
    manifest = codec.from_jsonable(Manifest, json.loads(path.read_text()))
    odd = dataclasses.replace(manifest, items=(item("1", name), manifest.items[1]))
    files.write_json(path, odd)
    with pytest.raises(InputRefused):
        export(version)
    assert not list(version.rglob("*.zip*"))


def test_no_manifest_is_refused(version: Path) -> None:
    (version / "card/manifest.json").write_text("{}")
    with pytest.raises(SpecRefused):
        export(version)


def test_a_missing_image_is_named(version: Path) -> None:
    (version / "images/2-b.png").unlink()
    with pytest.raises(InputRefused, match=r"b\.png"):
        export(version)


def test_originals_are_the_bytes_that_came(version: Path) -> None:
    with export(version) as packed:
        assert packed.namelist() == [
            "README.md", "manifest.json", "metadata.csv",
            "images/a.png", "images/b.png", "truth/a.png",
        ]  # fmt: skip
        assert packed.read("images/a.png") == hostile.png(1)


def test_label_tiffs_hold_the_labels(version: Path, tmp_path: Path) -> None:
    with export(version, layout="labels", with_images=False) as packed:
        assert "images/a.png" not in packed.namelist()
        packed.extract("labels/a.tif", tmp_path)
    assert np.array_equal(tifffile.imread(tmp_path / "labels/a.tif"), labels())


def test_coco_outlines_are_exact_and_holes_become_run_lengths(version: Path) -> None:
    with export(version, layout="coco") as packed:
        data = json.loads(packed.read("annotations/instances.json"))
    assert [image["file_name"] for image in data["images"]] == ["a.png", "b.png"]
    square, ring, corner = data["annotations"]
    assert square["segmentation"] == [[5, 5, 5, 15, 15, 15, 15, 5]]
    assert (square["area"], square["bbox"]) == (100, [5, 5, 10, 10])
    assert set(ring["segmentation"]) == {"size", "counts"}
    assert len(corner["segmentation"]) == 1  # the two meet in a point of one ring
    for annotation, label in zip(data["annotations"], (2, 5, 9), strict=True):
        mask = coco.mask_of(annotation["segmentation"], height_px=48, width_px=64)
        assert np.array_equal(mask, labels() == label)


@pytest.mark.parametrize("layout", ["originals", "coco", "labels"])
def test_what_was_exported_comes_in_again_the_same(version: Path, layout: str) -> None:
    packed = export(version, layout=layout)
    uploads = version / "uploads"
    uploads.mkdir()
    files.write_bytes(uploads / "dataset.zip", Path(str(packed.filename)).read_bytes())
    packed.close()
    run_stage(IngestSpec(uploads=str(uploads), threads=1), version / "again", emit=_silent)
    text = (version / "again/ingested.json").read_text()
    one, two = codec.from_jsonable(Ingested, json.loads(text)).images
    assert (one.name, one.shape, two.truth) == ("dataset.zip/images/a.png", "cube", "")
    with Image.open(version / "again" / one.truth) as truth:
        found = np.asarray(truth)
    assert np.array_equal(found > 0, labels() > 0)
    assert len(np.unique(found)) == 4


@pytest.mark.parametrize("layout", ["originals", "coco", "labels"])
def test_the_same_version_gives_the_same_bytes(version: Path, layout: str) -> None:
    contents = []
    for _ in range(2):
        with export(version, layout=layout) as packed:
            contents.append(Path(str(packed.filename)).read_bytes())
    assert contents[0] == contents[1]


def test_two_images_of_one_stem_keep_apart(version: Path) -> None:
    path = version / "card/manifest.json"
    manifest = codec.from_jsonable(Manifest, json.loads(path.read_text()))
    files.write_json(
        path, dataclasses.replace(manifest, items=(item("1", "a.png"), item("2", "a.tif")))
    )
    (version / "truth/2-a.png").write_bytes(hostile.label_png(labels()))
    with export(version, layout="labels") as packed:
        assert {"labels/a.png.tif", "labels/a.tif.tif"} <= set(packed.namelist())
