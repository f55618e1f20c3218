"""Pictures that say what to answer look like the others from outside, and never change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pipeline.contracts import StimuliSpec
from pipeline.errors import InputRefused
from pipeline.runner import run_stage
from pipeline.stimuli.attention import attention_picture
from pipeline.stimuli.stage import REPORT, STIMULI

TEXT = "Please answer: Artificial, Sure"


def run(tmp_path: Path, name: str, *entries: str) -> Path:
    folder, out = tmp_path / "chosen", tmp_path / name
    folder.mkdir(exist_ok=True)
    pixels = np.random.default_rng(1).integers(0, 256, (200, 300)).astype(np.uint8)
    Image.fromarray(pixels).save(folder / "0001.png")
    run_stage(StimuliSpec(images=str(folder), attention=entries), out, emit=lambda _: None)
    return out


@pytest.mark.parametrize("entry", ["", "0002", "../0002: Real", "0002: ", "0002: “Réal”"])
def test_an_entry_of_another_form_is_refused(tmp_path: Path, entry: str) -> None:
    with pytest.raises(InputRefused, match="NAME: TEXT"):
        run(tmp_path, "out", entry)


def test_they_have_the_size_and_the_length_of_all_others(tmp_path: Path) -> None:
    out = run(tmp_path, "out", f"0002: {TEXT}", "0003: Please answer: Real, Guess")
    contents = [path.read_bytes() for path in sorted((out / STIMULI).iterdir())]
    assert len(contents) == 3
    assert len({(content[:33], len(content)) for content in contents}) == 1
    assert json.loads((out / REPORT).read_text())["attention"] == ["0002", "0003"]


def test_the_same_is_drawn_each_time_and_the_noise_of_two_differs(tmp_path: Path) -> None:
    one, again = (run(tmp_path, name, f"0002: {TEXT}", f"0003: {TEXT}") for name in ("a", "b"))
    first = (one / STIMULI / "0002.png").read_bytes()
    assert first == (again / STIMULI / "0002.png").read_bytes()
    assert first != (one / STIMULI / "0003.png").read_bytes()


@pytest.mark.parametrize("size", [(64, 64), (704, 1024), (1024, 256)])
def test_the_text_is_large_dark_and_inside(size: tuple[int, int]) -> None:
    picture: Any = attention_picture(TEXT, name="1", height_px=size[0], width_px=size[1], seed=0)
    assert picture.shape == size
    rows, columns = np.nonzero(picture < 60)
    assert np.ptp(columns) > 0.6 * size[1] or np.ptp(rows) > 0.6 * size[0]
    assert rows.min() > 0
    assert columns.min() > 0
    assert rows.max() < size[0] - 1
    assert columns.max() < size[1] - 1
    border = picture[:3]
    assert abs(border.mean() - 128) < 8
