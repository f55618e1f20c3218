"""Whatever comes in, the stimuli differ in nothing but what they show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image, PngImagePlugin

from pipeline import contracts
from pipeline.contracts import Event, StageResult, StimuliSpec
from pipeline.errors import InputRefused
from pipeline.runner import run_stage
from pipeline.stimuli.bare_png import bare_png
from pipeline.stimuli.stage import REPORT, STIMULI


def picture(height: int, width: int, seed: int = 0) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return np.random.default_rng(seed).integers(0, 256, (height, width)).astype(np.uint8)


@pytest.fixture
def chosen(tmp_path: Path) -> Path:
    """Images of four makers: sizes, formats, depths and metadata differ."""
    folder = tmp_path / "chosen"
    folder.mkdir()
    text = PngImagePlugin.PngInfo()
    text.add_text("Software", "a generator")
    Image.fromarray(picture(200, 300, 1)).save(folder / "1.png", pnginfo=text, dpi=(300, 300))
    tifffile.imwrite(folder / "2.tif", picture(260, 280, 2).astype(np.uint16) * 256)
    colour = np.repeat(picture(220, 310, 3)[..., None], 3, axis=2)
    Image.fromarray(colour).save(folder / "3.jpg", quality=60, comment=b"a camera")
    Image.fromarray(picture(240, 256, 4)).save(folder / "4.bmp")
    return folder


def run(folder: Path, out: Path, **fields: Any) -> tuple[StageResult, list[Event]]:
    events: list[Event] = []
    return run_stage(StimuliSpec(images=str(folder), **fields), out, emit=events.append), events


def chunks(content: bytes) -> list[bytes]:
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    kinds, at = [], 8
    while at < len(content):
        length = int.from_bytes(content[at : at + 4], "big")
        kinds.append(content[at + 4 : at + 8])
        at += 12 + length
    assert at == len(content), "bytes were appended"
    return kinds


def test_an_image_that_is_too_small_is_refused_in_a_sentence(chosen: Path, tmp_path: Path) -> None:
    result, _ = run(chosen, tmp_path / "out", width_px=290, height_px=200)
    assert {refused.name: refused.reason for refused in result.refused} == {
        "2.tif": "shows 280 x 260 px without its data bar, and 290 x 200 px are asked for; choose "
        "a larger image or a smaller size.",
        "4.bmp": "shows 256 x 240 px without its data bar, and 290 x 200 px are asked for; choose "
        "a larger image or a smaller size.",
    }
    assert result.metrics["images"] == 2


def test_what_is_no_image_is_refused_and_the_others_are_taken(chosen: Path, tmp_path: Path) -> None:
    (chosen / "5.png").write_bytes(b"=1+1")
    Image.fromarray(picture(50, 300)).save(chosen / "6.png")
    result, _ = run(chosen, tmp_path / "out")
    assert [refused.name for refused in result.refused] == ["5.png", "6.png"]
    assert "each side needs 64 px" in result.refused[1].reason
    assert result.metrics["images"] == 4


def test_no_image_of_the_size_is_a_sentence_and_no_result(chosen: Path, tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="holds no image of the size asked for"):
        run(chosen, tmp_path / "out", width_px=4096)


def test_all_stimuli_are_pixels_of_one_size_and_files_of_one_length(
    chosen: Path, tmp_path: Path
) -> None:
    result, _ = run(chosen, tmp_path / "out")
    written = sorted((tmp_path / "out" / STIMULI).iterdir())
    assert [path.name for path in written] == ["1.png", "2.png", "3.png", "4.png"]
    contents = [path.read_bytes() for path in written]
    assert len({len(content) for content in contents}) == 1
    for content in contents:
        kinds = chunks(content)
        assert kinds[0] == b"IHDR"
        assert set(kinds[1:-1]) == {b"IDAT"}
        assert kinds[-1] == b"IEND"
    sizes = set()
    for path in written:
        with Image.open(path) as image:
            sizes.add((image.size, image.mode))
    assert sizes == {((256, 200), "L")}
    assert {a.role for a in result.artifacts} == {"stimulus", "report"}


def test_the_middle_is_shown_pixel_by_pixel(chosen: Path, tmp_path: Path) -> None:
    run(chosen, tmp_path / "out")
    shown = np.asarray(Image.open(tmp_path / "out" / STIMULI / "4.png"))
    np.testing.assert_array_equal(shown, picture(240, 256, 4)[20:220])
    from_16_bits = np.asarray(Image.open(tmp_path / "out" / STIMULI / "2.png"))
    assert np.abs(from_16_bits.astype(int) - picture(260, 280, 2)[30:230, 12:268]).max() <= 1


def test_a_seeded_crop_depends_on_seed_and_name_only(chosen: Path, tmp_path: Path) -> None:
    def corner(out: str, **fields: Any) -> tuple[int, int]:
        run(chosen, tmp_path / out, width_px=128, height_px=128, crop="seeded", **fields)
        report = json.loads((tmp_path / out / REPORT).read_text())
        first = report["stimuli"][0]
        return first["corner_row"], first["corner_column"]

    one = corner("a", seed=1)
    assert corner("b", seed=2) != one
    (chosen / "4.bmp").unlink()
    assert corner("c", seed=1) == one


def test_the_data_bar_goes_where_a_person_said_it_is(chosen: Path, tmp_path: Path) -> None:
    (chosen / "micrographs.json").write_text('{"1.png": {"data_bar_row": 150}}')
    run(chosen, tmp_path / "out")
    report = json.loads((tmp_path / "out" / REPORT).read_text())
    assert [s["bar_row"] for s in report["stimuli"]] == [150, None, None, None]
    assert (report["width_px"], report["height_px"]) == (256, 150)
    assert report["bytes"] == len(bare_png(picture(150, 256)))


def test_the_report_tells_sharpness_greys_and_near_duplicates(chosen: Path, tmp_path: Path) -> None:
    smooth = np.tile(np.linspace(40, 200, 256).astype(np.uint8), (200, 1))
    Image.fromarray(smooth).save(chosen / "7.png")
    Image.fromarray(smooth).save(chosen / "8.tif")
    run(chosen, tmp_path / "out")
    told = {s["name"]: s for s in json.loads((tmp_path / "out" / REPORT).read_text())["stimuli"]}
    assert told["7.png"]["phash"] == told["8.tif"]["phash"] != told["1.png"]["phash"]
    assert told["7.png"]["sharpness_grey2"] < 5 < told["1.png"]["sharpness_grey2"]
    assert (told["7.png"]["lowest_grey"], told["7.png"]["highest_grey"]) == (40, 200)


def test_the_same_choice_gives_the_same_bytes(chosen: Path, tmp_path: Path) -> None:
    first, events = run(chosen, tmp_path / "a", crop="seeded", seed=3)
    second, _ = run(chosen, tmp_path / "b", crop="seeded", seed=3)
    assert first.artifacts == second.artifacts
    assert any(isinstance(e, contracts.Progress) and e.phase == "cut" for e in events)


@pytest.mark.data
def test_real_micrographs_lose_their_data_bar(real_data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "real"
    folder.mkdir()
    for path in sorted((real_data / "tio2" / "images").iterdir())[:4]:
        (folder / path.name).symlink_to(path)
    result, _ = run(folder, tmp_path / "out")
    report = json.loads((tmp_path / "out" / REPORT).read_text())
    assert result.metrics["images"] == 4
    assert all(s["bar_row"] for s in report["stimuli"])
    with Image.open(next(folder.iterdir())) as image:
        assert report["height_px"] < image.height
