"""The stage `label-pairs`: a mask beside its micrograph is what the training reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from pipeline import files, layout
from pipeline.contracts import LabelPairsSpec, SegmentTrainSpec
from pipeline.errors import InputRefused
from pipeline.runner import run_stage
from tests.pipeline.edit.drawn import discs, silent

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def spec(tmp_path: Path) -> LabelPairsSpec:
    """Three micrographs of discs, two of them with masks."""
    rng = np.random.default_rng(0)
    for number, name in enumerate("abc"):
        circles = rng.uniform((20, 20, 8), (108, 140, 18), (6, 3))
        labels = discs((128, 160), *circles) * 7
        grey = np.where(labels > 0, 180, 60) + rng.normal(0, 8, labels.shape)
        files.write_png(tmp_path / "images" / f"{name}.png", grey.clip(0, 255).astype(np.uint8))
        if number < 2:
            files.write_png(tmp_path / "truth" / f"{name}_m.png", labels.astype(np.uint16))
    return LabelPairsSpec(images=str(tmp_path / "images"), truth=str(tmp_path / "truth"))


def test_masks_of_other_images_are_refused(spec: LabelPairsSpec, tmp_path: Path) -> None:
    for name in "ab":
        files.write_png(tmp_path / "truth" / f"{name}_m.png", np.ones((128, 90), np.uint16))
    with pytest.raises(InputRefused, match="no image that fits its mask"):
        run_stage(spec, tmp_path / "out", emit=silent)


def test_an_image_without_a_mask_is_left_out_by_name(spec: LabelPairsSpec, tmp_path: Path) -> None:
    result = run_stage(spec, tmp_path / "out", emit=silent)
    assert [refusal.name for refusal in result.refused] == ["c.png"]
    read = layout.read_pairs(str(tmp_path / "out"))
    assert [path.name for path, _, _ in read] == ["a.png", "b.png"]
    for path, scene, _ in read:
        labels = scene.labels()
        assert layout.read_image(path).shape == labels.shape
        assert sorted(np.unique(labels)) == list(range(labels.max() + 1)), "numbered 1, 2, 3"


@pytest.mark.slow
def test_a_network_can_be_trained_on_them(spec: LabelPairsSpec, tmp_path: Path) -> None:
    run_stage(spec, tmp_path / "pairs", emit=silent)
    train = SegmentTrainSpec(
        pairs=(str(tmp_path / "pairs"),), steps=2, batch=1, crop_px=64, device="cpu", threads=1
    )
    result = run_stage(train, tmp_path / "net", emit=silent)
    assert any(artifact.path.endswith(".safetensors") for artifact in result.artifacts)
