"""The stage: files find their truth by name, and what cannot be compared is named."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from pipeline.contracts import EvaluateSpec, Event, StageResult
from pipeline.errors import InputRefused
from pipeline.runner import run_stage

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def _labels(rows: int = 80) -> NDArray[np.uint16]:
    labels = np.zeros((rows, 100), np.uint16)
    labels[10:30, 10:30], labels[40:60, 50:80] = 4, 9
    return labels


def _mask(rows: int = 80) -> NDArray[np.uint8]:
    return np.where(_labels(rows) > 0, 255, 0).astype(np.uint8)


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    made = tmp_path / "predictions", tmp_path / "truth"
    for folder in made:
        folder.mkdir()
    return made


def _run(folders: tuple[Path, Path], out: Path, **fields: object) -> StageResult:
    def silent(event: Event) -> None:
        del event

    predictions, truth = folders
    spec = EvaluateSpec(predictions=str(predictions), truth=str(truth), **fields)  # type: ignore[arg-type]
    return run_stage(spec, out, emit=silent)


def _write(image: NDArray[np.uint8] | NDArray[np.uint16], path: Path) -> None:
    Image.fromarray(image).save(path)


def test_nothing_that_fits_by_name_is_refused(folders: tuple[Path, Path], tmp_path: Path) -> None:
    _write(_labels(), folders[0] / "a.png")
    _write(_mask(), folders[1] / "b_m.tif")
    with pytest.raises(InputRefused, match="has no truth"):
        _run(folders, tmp_path / "out")


def test_two_truths_for_one_image_are_refused(folders: tuple[Path, Path], tmp_path: Path) -> None:
    _write(_labels(), folders[0] / "a.png")
    _write(_mask(), folders[1] / "a_m.tif")
    _write(_mask(), folders[1] / "a_mask.png")
    with pytest.raises(InputRefused, match="more than one"):
        _run(folders, tmp_path / "out")


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a_m.tif", "a_mask.png"])
def test_truth_is_found_by_name(folders: tuple[Path, Path], tmp_path: Path, name: str) -> None:
    _write(_labels(), folders[0] / "a.png")
    _write(_mask(), folders[1] / name)
    result = _run(folders, tmp_path / "out")
    assert result.metrics["f1"] == 1
    assert result.metrics["pooled_pq"] == 1
    assert result.refused == ()


def test_files_without_partner_are_named(folders: tuple[Path, Path], tmp_path: Path) -> None:
    for name in ("a", "b"):
        _write(_labels(), folders[0] / f"{name}.png")
    for name in ("a", "c"):
        _write(_mask(), folders[1] / f"{name}_m.png")
    result = _run(folders, tmp_path / "out")
    assert {refusal.name: refusal.reason.split(";")[0] for refusal in result.refused} == {
        "b.png": "has no truth",
        "c_m.png": "has no prediction",
    }
    assert result.metrics["images"] == 1


def test_sizes_that_differ_are_refused_and_rows_make_them_equal(
    folders: tuple[Path, Path], tmp_path: Path
) -> None:
    _write(_labels(rows=80), folders[0] / "a.png")
    _write(_mask(rows=70), folders[1] / "a.png")
    with pytest.raises(InputRefused, match="nothing that could be compared"):
        _run(folders, tmp_path / "none")
    assert _run(folders, tmp_path / "out", rows=70).metrics["f1"] == 1
    with pytest.raises(InputRefused, match="nothing that could be compared"):
        _run(folders, tmp_path / "many", rows=75)


def test_rows_below_the_limit_do_not_count(folders: tuple[Path, Path], tmp_path: Path) -> None:
    predicted = _labels()
    predicted[70:78] = 3
    _write(predicted, folders[0] / "a.png")
    _write(_mask(), folders[1] / "a.png")
    assert _run(folders, tmp_path / "all").metrics["f1"] < 1
    assert _run(folders, tmp_path / "out", rows=70).metrics["f1"] == 1


def test_undefined_figures_are_told_and_never_nan(
    folders: tuple[Path, Path], tmp_path: Path
) -> None:
    empty = np.zeros((80, 100), np.uint16)
    _write(empty, folders[0] / "a.png")
    _write(empty, folders[1] / "a.png")
    result = _run(folders, tmp_path / "out")
    assert result.metrics == {"images": 1.0}
    assert any("f1 is undefined: neither" in warning for warning in result.warnings)
    scores = json.loads((tmp_path / "out" / "scores.json").read_text())
    assert scores["mean"]["f1"] is None
    assert "f1" in scores["undefined"]
    assert "nan" not in (tmp_path / "out" / "scores.csv").read_text().lower()


def test_each_image_has_its_row(folders: tuple[Path, Path], tmp_path: Path) -> None:
    for name in ("a", "b"):
        _write(_labels(), folders[0] / f"{name}.png")
        _write(_mask(), folders[1] / f"{name}.png")
    _run(folders, tmp_path / "out", nm_per_px=3.0)
    table = pd.read_csv(tmp_path / "out" / "scores.csv")
    assert list(table.image) == ["a", "b"]
    assert list(table.true_positives) == [2, 2]
    assert list(table.diameter_distance_nm) == [0, 0]


@pytest.mark.data
@pytest.mark.parametrize("folder", ["emps/segmaps", "tio2/masks"])
def test_published_truth_scores_one_against_itself(
    real_data: Path, folders: tuple[Path, Path], tmp_path: Path, folder: str
) -> None:
    for path in sorted((real_data / folder).iterdir())[:3]:
        for copy in folders:
            name = path.name.replace("_m.", ".") if copy == folders[0] else path.name
            (copy / name).write_bytes(path.read_bytes())
    metrics = _run(folders, tmp_path / "out").metrics
    assert metrics["images"] == 3
    for name in ("foreground_iou", "f1", "ap", "pq", "mean_ap", "count_ratio"):
        assert metrics[name] == 1, name
