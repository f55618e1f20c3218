"""The stage `edit-labels`: everything or nothing, measured anew, outlines that hold every pixel."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import tifffile

from pipeline import files
from pipeline.contracts import EditLabelsSpec, edits_from_json
from pipeline.edit import EditRefused
from pipeline.edit.outlines import outlines_of
from pipeline.errors import InputRefused, SpecRefused
from pipeline.measure import read_labels
from pipeline.runner import run_stage
from tests.pipeline.edit.drawn import discs, silent

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    labels = discs((100, 140), (50, 40, 20), (50, 81, 20.5), (15, 125, 6))
    folder = tmp_path / "labels"
    files.write_png(folder / "labels.png", labels.astype(np.uint16))
    return folder


def edit(inputs: Path, tmp_path: Path, *edits: dict[str, Any], **fields: Any) -> Path:
    files.write_json(tmp_path / "edits" / "edits.json", {"edits": list(edits)})
    spec = EditLabelsSpec(labels=str(inputs), edits=str(tmp_path / "edits"), **fields)
    run_stage(spec, tmp_path / "out", emit=silent)
    return tmp_path / "out"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "edits: expected an object"),
        ('{"edits": [], "more": 1}', "edits: expected an object"),
        ('{"edits": [{"op": "melt"}]}', r"edits\[0\].op: 'melt' is not one of delete, merge"),
        ('{"edits": [{"op": "delete"}]}', r"edits\[0\].labels: is missing"),
        ('{"edits": [{"op": "delete", "labels": [0]}]}', r"edits\[0\].labels\[0\]: 0 is below 1"),
        ('{"edits": [{"op": "split", "label": 1, "line": [[1, 2, 3]]}]}', "expected 2 values"),
        ('{"edits": [{"op": "paint", "points": [[1, NaN]]}]}', "not a finite number"),
    ],
)
def test_edits_that_are_none_are_refused_by_name(text: str, said: str) -> None:
    with pytest.raises(SpecRefused, match=said):
        edits_from_json(text)


def test_a_refused_list_leaves_no_labels_behind(inputs: Path, tmp_path: Path) -> None:
    with pytest.raises(EditRefused, match="Edit 2: there is no particle 1"):
        edit(inputs, tmp_path, *[{"op": "delete", "labels": [1]}] * 2)
    assert not (tmp_path / "out" / "labels.png").exists()
    assert not (tmp_path / "out" / "particles.csv").exists()


def test_a_folder_with_two_images_and_a_missing_list_are_refused(
    inputs: Path, tmp_path: Path
) -> None:
    with pytest.raises(InputRefused, match="cannot be read"):
        run_stage(
            EditLabelsSpec(labels=str(inputs), edits=str(tmp_path)), tmp_path / "a", emit=silent
        )
    files.write_png(inputs / "second.png", np.zeros((9, 9), np.uint16))
    with pytest.raises(InputRefused, match="more than one image"):
        run_stage(EditLabelsSpec(labels=str(inputs)), tmp_path / "b", emit=silent)


def test_corrected_particles_are_measured_anew(inputs: Path, tmp_path: Path) -> None:
    before = read_labels(inputs / "labels.png")
    out = edit(inputs, tmp_path, {"op": "merge", "labels": [1, 2]}, nm_per_px=2.0, note="Ada, v2")
    after = read_labels(out / "labels.png")
    assert sorted(np.unique(after)) == [0, 1, 3]
    table = pd.read_csv(out / "particles.csv", keep_default_na=False)
    merged = np.count_nonzero((before == 1) | (before == 2))
    assert table.area_px2.tolist() == [merged, np.count_nonzero(before == 3)]
    told = json.loads((out / "particles.json").read_text())
    assert told["columns"]["label"] == [1, 3]
    assert told["nm_per_px"] == 2.0
    assert told["summary"]["measured"] == 2
    with tifffile.TiffFile(out / "mask.tif") as tiff:
        assert np.array_equal(tiff.asarray(), after)
        assert tiff.pages.first.description == "Ada, v2"
        assert tiff.pages.first.tags["XResolution"].value == (5_000_000, 1)


def test_without_edits_the_labels_stay_and_rows_below_the_data_bar_are_not_measured(
    inputs: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    run_stage(EditLabelsSpec(labels=str(inputs), rows=40), out, emit=silent)
    assert np.array_equal(read_labels(out / "labels.png"), read_labels(inputs / "labels.png"))
    told = json.loads((out / "particles.json").read_text())
    assert told["columns"]["excluded"] == ["touches border", "touches border", ""]


def test_equal_edits_give_equal_bytes(inputs: Path, tmp_path: Path) -> None:
    files.write_json(tmp_path / "edits.json", {"edits": [{"op": "delete", "labels": [3]}]})
    spec = EditLabelsSpec(labels=str(inputs), edits=str(tmp_path / "edits.json"))
    first, second = (run_stage(spec, tmp_path / name, emit=silent) for name in "ab")
    assert first.artifacts == second.artifacts


def shoelace(polygon: list[list[int]]) -> float:
    x, y = np.array(polygon, float).T
    return abs(float(x @ np.roll(y, 1) - y @ np.roll(x, 1))) / 2


def test_outlines_run_along_the_edges_of_pixels_and_hold_every_one() -> None:
    assert outlines_of(np.array([[0, 0], [0, 1]], np.int32)) == {
        1: [[[1, 1], [1, 2], [2, 2], [2, 1]]]
    }
    rng = np.random.default_rng(4)
    labels = discs((200, 200), *rng.uniform((0, 0, 2), (200, 200, 25), (40, 3)))
    for label, polygons in outlines_of(labels).items():
        filled = labels == label
        assert sum(map(shoelace, polygons)) >= np.count_nonzero(filled)
        if len(polygons) == 1 and _solid(filled):
            assert shoelace(polygons[0]) == np.count_nonzero(filled)


def _solid(mask: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> bool:
    from scipy import ndimage

    pieces = ndimage.label(mask)[1]
    return pieces == 1 and bool((ndimage.binary_fill_holes(mask) == mask).all())
