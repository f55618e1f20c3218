"""The stage: files in, particles.csv and summary.json out, bad files left out by name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import tifffile
from PIL import Image

from pipeline.contracts import Event, MeasureSpec
from pipeline.errors import InputRefused
from pipeline.measure import read_labels
from pipeline.runner import run_stage

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def _silent(event: Event) -> None:
    del event


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "labels"
    made.mkdir()
    return made


def _squares() -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """Return a mask of two squares of 20 and 30 px that meet at a corner, and one at the border."""
    mask = np.zeros((100, 100), np.uint8)
    mask[10:30, 10:30] = 255
    mask[30:60, 30:60] = 255
    mask[80:100, 10:30] = 255
    return mask


def test_a_folder_without_a_readable_image_is_refused(folder: Path, tmp_path: Path) -> None:
    (folder / "a.png").write_bytes(b"no image")
    with pytest.raises(InputRefused, match="no label image"):
        run_stage(MeasureSpec(labels=str(folder)), tmp_path / "out", emit=_silent)
    assert not (tmp_path / "out" / "particles.csv").exists()


def test_a_bad_file_is_named_and_the_rest_measured(folder: Path, tmp_path: Path) -> None:
    Image.fromarray(_squares()).save(folder / "a.png")
    (folder / "b.png").write_bytes(b"")
    result = run_stage(
        MeasureSpec(labels=str(folder), nm_per_px=2.0), tmp_path / "out", emit=_silent
    )
    assert [refusal.name for refusal in result.refused] == ["b.png"]
    assert result.metrics["particles"] == 2
    assert result.metrics["excluded"] == 1
    table = pd.read_csv(tmp_path / "out" / "particles.csv", keep_default_na=False)
    assert list(table.image) == ["a.png"] * 3
    assert sorted(table.area_px2) == [400, 400, 900]
    assert sorted(table.minimum_feret_nm.astype(float)) == pytest.approx([40, 40, 60])
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["excluded"] == {"touches border": 1}


def test_equal_specs_give_equal_bytes(folder: Path, tmp_path: Path) -> None:
    Image.fromarray(_squares()).save(folder / "a.png")
    spec = MeasureSpec(labels=str(folder), seed=5)
    first, second = (run_stage(spec, tmp_path / name, emit=_silent) for name in ("1", "2"))
    assert first.artifacts == second.artifacts


def test_a_mask_is_split_into_pieces_and_corners_join_only_when_asked(folder: Path) -> None:
    Image.fromarray(_squares()).save(folder / "a.png")
    assert read_labels(folder / "a.png").max() == 3
    assert read_labels(folder / "a.png", connectivity=8).max() == 2


@pytest.mark.parametrize("kind", ["bool", "rgb", "palette", "uint16"])
def test_masks_of_any_kind_give_the_same_pieces(folder: Path, kind: str) -> None:
    mask = _squares()
    path = folder / "a.png"
    if kind == "bool":
        Image.fromarray(mask > 0).save(path)
    elif kind == "rgb":
        Image.fromarray(mask).convert("RGB").save(path)
    elif kind == "palette":
        Image.fromarray(mask).convert("P").save(path)
    else:
        Image.fromarray(mask.astype(np.uint16) * 257).save(path)
    assert read_labels(path).max() == 3


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.int32, np.uint32, np.float32])
def test_instance_ids_of_any_kind_are_kept(folder: Path, kind: type) -> None:
    labels: NDArray[Any] = np.zeros((40, 40), kind)
    labels[5:9, 5:9], labels[20:30, 20:30], labels[35:37, 1:3] = 3, 7, 7
    tifffile.imwrite(folder / "a.tif", labels)
    assert set(np.unique(read_labels(folder / "a.tif"))) == {0, 3, 7}


def test_a_single_instance_in_two_parts_stays_one(folder: Path) -> None:
    labels = np.zeros((40, 40), np.uint16)
    labels[5:9, 5:9] = labels[20:30, 20:30] = 1
    Image.fromarray(labels).save(folder / "a.png")
    assert read_labels(folder / "a.png").max() == 1


@pytest.mark.parametrize("value", [0.5, np.nan, -1.0])
def test_numbers_that_are_no_labels_are_refused(folder: Path, value: float) -> None:
    tifffile.imwrite(folder / "a.tif", np.full((40, 40), value, np.float32))
    with pytest.raises(InputRefused):
        read_labels(folder / "a.tif")


def test_colour_and_jpeg_are_refused_as_labels(folder: Path) -> None:
    colour = np.zeros((40, 40, 3), np.uint8)
    colour[..., 1] = 9
    Image.fromarray(colour).save(folder / "a.png")
    with pytest.raises(InputRefused, match="in colour"):
        read_labels(folder / "a.png")
    Image.fromarray(colour[..., 0]).save(folder / "a.jpg")
    with pytest.raises(InputRefused, match="JPEG"):
        read_labels(folder / "a.jpg")
