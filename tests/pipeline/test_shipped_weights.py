"""The weights that come with the program: small, described, and good at what they are for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from safetensors import safe_open

from pipeline import files, weights
from pipeline.contracts import SegmentPredictSpec
from pipeline.runner import run_stage

if TYPE_CHECKING:
    from numpy.typing import NDArray


def test_the_shipped_weights_are_half_precision_and_at_most_ten_megabytes() -> None:
    path = weights.shipped(weights.PARTICLES)
    assert path.stat().st_size <= 10_000_000
    with safe_open(path, framework="pt") as tensors:
        kinds = {str(tensors.get_tensor(name).dtype) for name in tensors.keys()}  # noqa: SIM118
    assert kinds == {"torch.float16", "torch.int64"}


def test_the_shipped_weights_have_a_model_card() -> None:
    card = weights.shipped(weights.PARTICLES).with_suffix(".md").read_text()
    for word in ("semblance quickstart", "Limits", "Licence", "seed"):
        assert word in card


def bright_discs() -> tuple[NDArray[np.uint8], list[tuple[int, int, int]]]:
    """Return a noisy picture of bright discs on dark ground and their (row, column, radius)."""
    rng = np.random.default_rng(5)
    discs = [(60, 70, 14), (60, 160, 18), (150, 80, 12), (170, 190, 20), (230, 60, 16)]
    rows, columns = np.mgrid[:288, :288]
    picture = np.full((288, 288), 40.0)
    for row, column, radius in discs:
        inside = (rows - row) ** 2 + (columns - column) ** 2 <= radius**2
        rim = np.sqrt((rows - row) ** 2 + (columns - column) ** 2) / radius
        picture[inside] = 120 + 50 * rim[inside] ** 4
    picture += rng.normal(0, 4, picture.shape)
    return picture.clip(0, 255).astype(np.uint8), discs


def test_predict_without_named_weights_finds_and_measures_discs(tmp_path: Path) -> None:
    picture, discs = bright_discs()
    files.write_png(tmp_path / "images" / "discs.png", picture)
    spec = SegmentPredictSpec(images=str(tmp_path / "images"), nm_per_px=2.0, threads=1)
    run_stage(spec, tmp_path / "out", emit=lambda event: None)
    found = pd.read_csv(tmp_path / "out" / "particles.csv").sort_values("area_px2")
    assert len(found) == len(discs)
    true = sorted(2.0 * (2 * radius + 1) for *_, radius in discs)
    assert found["equivalent_diameter_nm"].tolist() == pytest.approx(true, rel=0.08)
