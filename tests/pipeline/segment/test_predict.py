"""From micrographs to labels and a table: refused input first, then what is accepted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pandas as pd
import pytest
import tifffile
import torch

from pipeline import checkpoints, contracts, files
from pipeline.contracts import SegmentPredictSpec
from pipeline.errors import InputRefused
from pipeline.runner import run_stage
from pipeline.segment import normalise, predict
from pipeline.segment.model import load_network
from pipeline.segment.scales import Options, segment
from pipeline.segment.validation import foreground_iou
from pipeline.weights import PARTICLES, shipped
from tests.pipeline.segment.discs import disc_labels, random_scene
from tests.pipeline.segment.thresholder import thresholder

if TYPE_CHECKING:
    from numpy.typing import NDArray

BAR = 32


def ignore(event: contracts.Event) -> None:
    """Take an event and do nothing."""


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> str:
    network = thresholder()
    path = tmp_path_factory.mktemp("weights") / "weights.safetensors"
    checkpoints.save_weights(path, network.state_dict(), about=network.about(), half=True)
    return str(path.parent)


def asked(images: Path, weights: str, **options: object) -> SegmentPredictSpec:
    return SegmentPredictSpec(
        images=str(images),
        weights=weights,
        device="cpu",
        threads=1,
        **options,  # type: ignore[arg-type]
    )


def bright_discs(shape: tuple[int, int] = (96, 128)) -> NDArray[Any]:
    """Return an image with three bright discs of radius 10 on black, float in [0, 1]."""
    discs = disc_labels(shape, [(30, 30, 10), (30, 80, 10), (64, 60, 10)])
    return (discs > 0).astype(np.float32)


def test_a_folder_without_images_is_refused(tmp_path: Path, weights: str) -> None:
    (tmp_path / "images").mkdir()
    with pytest.raises(InputRefused, match="holds no images"):
        run_stage(asked(tmp_path / "images", weights), tmp_path / "out", emit=ignore)


def test_a_folder_of_which_nothing_can_be_used_is_refused(tmp_path: Path, weights: str) -> None:
    files.write_bytes(tmp_path / "images" / "a.png", b"")
    with pytest.raises(InputRefused, match="all 1 were left out"):
        run_stage(asked(tmp_path / "images", weights), tmp_path / "out", emit=ignore)
    assert not (tmp_path / "out" / "particles.csv").exists()


def test_a_file_that_is_not_weights_is_refused_before_any_work(tmp_path: Path) -> None:
    files.write_png(tmp_path / "images" / "a.png", np.zeros((64, 64), np.uint8))
    other = files.write_bytes(tmp_path / "w.safetensors", b"not weights")
    with pytest.raises(InputRefused, match="is not a weights file"):
        run_stage(asked(tmp_path / "images", str(other)), tmp_path / "out", emit=ignore)
    assert not list((tmp_path / "out").glob("*.png"))


def test_the_shipped_weights_find_ellipses_they_were_never_shown() -> None:
    path = shipped(PARTICLES)
    assert path.stat().st_size <= 10_000_000
    pixels, truth = random_scene(np.random.default_rng(0), (192, 256), 20)
    image = pixels.astype(np.float32) / 255
    labels, _ = segment(
        load_network(path),
        normalise.to_input(image, *normalise.grey_range(image)),
        Options(),
        device=torch.device("cpu"),
    )
    assert foreground_iou(labels, truth) > 0.8


def test_shipped_weights_that_are_missing_are_refused() -> None:
    with pytest.raises(InputRefused, match=r"nothing\.safetensors.*install it again"):
        shipped("nothing.safetensors")


def test_a_bad_image_is_left_out_and_the_others_are_done(tmp_path: Path, weights: str) -> None:
    files.write_png(tmp_path / "images" / "good.png", (bright_discs() * 255).astype(np.uint8))
    files.write_bytes(tmp_path / "images" / "torn.png", b"\x89PNG\r\n\x1a\n torn")
    result = run_stage(asked(tmp_path / "images", weights), tmp_path / "out", emit=ignore)
    assert [refusal.name for refusal in result.refused] == ["torn.png"]
    assert result.metrics["images"] == 1
    assert (tmp_path / "out" / "good.png").is_file()
    assert not list((tmp_path / "out").rglob("torn*"))


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_discs_are_labelled_and_measured_at_any_depth(
    tmp_path: Path, weights: str, depth: type[np.uint8] | type[np.uint16]
) -> None:
    image = np.rint(bright_discs() * np.iinfo(depth).max).astype(depth)
    files.write_png(tmp_path / "images" / "discs.png", image)
    out = tmp_path / "out"
    result = run_stage(asked(tmp_path / "images", weights, nm_per_px=2.0), out, emit=ignore)
    labels = cv2.imread(str(out / "discs.png"), cv2.IMREAD_UNCHANGED)
    assert labels.dtype == np.uint16
    assert labels.shape == image.shape
    np.testing.assert_array_equal(labels > 0, image > 0)
    table = pd.read_csv(out / "particles.csv")
    assert list(table["image"]) == ["discs.png"] * 3
    assert sorted(table["label"]) == [1, 2, 3]
    assert table["equivalent_diameter_nm"].to_numpy() == pytest.approx(40.0, rel=0.05)
    assert {a.role for a in result.artifacts} == {"labels", "overlay", "particles"}
    assert not list(out.rglob("*.part"))


def test_an_image_without_particles_gives_an_empty_label_image(
    tmp_path: Path, weights: str
) -> None:
    files.write_png(tmp_path / "images" / "blank.png", np.full((64, 64), 90, np.uint8))
    out = tmp_path / "out"
    result = run_stage(asked(tmp_path / "images", weights), out, emit=ignore)
    assert not cv2.imread(str(out / "blank.png"), cv2.IMREAD_UNCHANGED).any()
    assert result.metrics["particles"] == 0
    assert pd.read_csv(out / "particles.csv").empty


def with_bar(rng: np.random.Generator) -> NDArray[Any]:
    """Return a 768 x 1024 micrograph with a black data bar of text in its last 56 rows."""
    image, _ = random_scene(rng, (712, 1024), 60)
    bar = np.zeros((56, 1024), np.uint8)
    text = "EHT = 20.00 kV   200 nm"
    cv2.putText(bar, text, (30, 34), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (255,), 1)
    return np.vstack([image, bar])


def test_the_data_bar_holds_no_particles(tmp_path: Path, weights: str) -> None:
    files.write_png(tmp_path / "images" / "a.png", with_bar(np.random.default_rng(0)))
    run_stage(asked(tmp_path / "images", weights), tmp_path / "out", emit=ignore)
    labels = cv2.imread(str(tmp_path / "out" / "a.png"), cv2.IMREAD_UNCHANGED)
    assert labels.shape == (768, 1024)
    assert labels[:700].any()
    assert not labels[712:].any()


def test_two_images_with_one_stem_are_both_kept(tmp_path: Path, weights: str) -> None:
    grey = (bright_discs() * 255).astype(np.uint8)
    files.write_png(tmp_path / "images" / "a.png", grey)
    files.write_tiff(tmp_path / "images" / "a.tif", grey)
    out = tmp_path / "out"
    result = run_stage(asked(tmp_path / "images", weights), out, emit=ignore)
    assert sorted(path.name for path in out.glob("*.png")) == ["a.png", "a.tif.png"]
    assert any("a.tif" in warning for warning in result.warnings)
    assert set(pd.read_csv(out / "particles.csv")["image"]) == {"a.png", "a.tif"}


def test_a_stopped_run_goes_on_with_the_images_that_are_left(
    tmp_path: Path, weights: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.png", "b.png"):
        files.write_png(tmp_path / "images" / name, (bright_discs() * 255).astype(np.uint8))
    files.write_png(tmp_path / "images" / "blank.png", np.full((64, 64), 90, np.uint8))
    spec = asked(tmp_path / "images", weights)
    done, stopped = tmp_path / "done", tmp_path / "stopped"
    run_stage(spec, done, emit=ignore)
    seen: list[int] = []

    def stop_at_second(*args: Any, **options: Any) -> Any:
        seen.append(1)
        if len(seen) == 2:
            raise KeyboardInterrupt
        return segment(*args, **options)

    monkeypatch.setattr(predict, "segment", stop_at_second)
    with pytest.raises(KeyboardInterrupt):
        run_stage(spec, stopped, emit=ignore)
    assert (stopped / "a.png").is_file()
    assert not (stopped / "b.png").exists()
    run_stage(spec, stopped, emit=ignore)
    assert len(seen) == 4  # a, b that was stopped; b and blank
    assert (stopped / "result.json").read_bytes() == (done / "result.json").read_bytes()


def test_more_particles_than_a_png_can_number_become_a_tiff(tmp_path: Path) -> None:
    labels = np.arange(70_000, dtype=np.int32).reshape(200, 350)
    path = predict.write_labels(tmp_path, "many", labels)
    assert path.name == "many.tif"
    np.testing.assert_array_equal(tifffile.imread(path), labels)
