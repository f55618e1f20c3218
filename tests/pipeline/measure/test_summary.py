"""The size distribution: values that are known, intervals that cover, and what is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from pipeline import codec
from pipeline.measure import summarize, write_particles_csv

if TYPE_CHECKING:
    from pathlib import Path


def _table(diameters: list[float], excluded: list[str] | None = None) -> pd.DataFrame:
    n = len(diameters)
    columns = {
        f"{name}_{unit}": np.array(diameters, float) * scale
        for name in ("equivalent_diameter", "minimum_feret", "maximum_feret")
        for unit, scale in (("px", 1.0), ("nm", 2.0))
    }
    return pd.DataFrame({**columns, "border_weight": np.ones(n), "excluded": excluded or [""] * n})


def test_known_diameters_give_known_figures() -> None:
    summary = summarize(_table([float(d) for d in range(1, 12)]), seed=0)
    first = summary.distributions[0]
    assert (first.quantity, first.unit) == ("equivalent_diameter", "px")
    assert first.mean.value == 6
    assert first.median.value == 6
    assert first.d10.value == 2
    assert first.d90.value == 10
    assert first.sd.value == pytest.approx(np.sqrt(11))
    assert first.border_corrected_mean == 6


def test_excluded_particles_are_counted_by_reason_and_left_out() -> None:
    table = _table([1.0, 2.0, 300.0, 400.0], ["", "", "touches border", "shorter side under 10 px"])
    summary = summarize(table, seed=0)
    assert summary.measured == 2
    assert summary.excluded == {"shorter side under 10 px": 1, "touches border": 1}
    assert summary.distributions[0].mean.value == 1.5


def test_the_interval_of_the_mean_is_the_textbook_one() -> None:
    values = np.random.default_rng(5).normal(100, 10, 400)
    mean = summarize(_table(list(values)), seed=0).distributions[0].mean
    half = 1.96 * values.std(ddof=1) / np.sqrt(400)
    assert mean.low == pytest.approx(values.mean() - half, abs=0.15)
    assert mean.high == pytest.approx(values.mean() + half, abs=0.15)


def test_the_same_seed_gives_the_same_intervals() -> None:
    table = _table(list(np.random.default_rng(5).normal(100, 10, 50)))
    assert summarize(table, seed=3) == summarize(table, seed=3)
    assert summarize(table, seed=3) != summarize(table, seed=4)


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_particles_have_no_interval_and_json_stays_valid(count: int) -> None:
    summary = summarize(_table([5.0] * count), seed=0)
    first = summary.distributions[0]
    assert first.mean.value == (5.0 if count else None)
    assert first.mean.low is None
    assert first.sd.value is None
    assert "NaN" not in codec.dump_json(summary)


def test_a_weighted_mean_favours_what_the_border_hides() -> None:
    table = _table([10.0, 20.0]).assign(border_weight=[1.0, 3.0])
    assert summarize(table, seed=0).distributions[0].border_corrected_mean == 17.5
    at_border = table.assign(border_weight=[0.0, 3.0])
    assert summarize(at_border, seed=0).distributions[0].border_corrected_mean is None


def test_without_a_pixel_size_there_is_no_distribution_in_nm() -> None:
    table = _table([1.0, 2.0]).assign(equivalent_diameter_nm=np.nan)
    assert {entry.unit for entry in summarize(table, seed=0).distributions} == {"px"}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_text_that_looks_like_a_formula_is_defused(tmp_path: Path, start: str) -> None:
    table = pd.DataFrame({"image": [f"{start}cmd()", "a.png"], "value": [-1.5, 2.0]})
    text = write_particles_csv(tmp_path / "particles.csv", table).read_text()
    assert f"'{start}cmd()" in text
    assert "-1.5" in text
    assert "'-1.5" not in text
    assert "\na.png" in text
