from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from torch import nn

from pipeline import checkpoints, compute, files, layout
from pipeline.contracts import CycleGanGenerateSpec, CycleGanTrainSpec, StageResult
from pipeline.errors import InputRefused
from pipeline.runner import run_stage
from pipeline.translate.cyclegan import infer
from pipeline.translate.cyclegan.infer import save_generator, translate
from pipeline.translate.cyclegan.networks import ResnetGenerator, init_weights
from tests.pipeline.translate.cyclegan.toy import SHAPE, write_scenes

if TYPE_CHECKING:
    from numpy.typing import NDArray

CPU = torch.device("cpu")


@pytest.fixture
def spec(tmp_path: Path) -> CycleGanGenerateSpec:
    """Two scenes and an untrained generator."""
    scenes = write_scenes(tmp_path / "scenes", count=2)
    weights = tmp_path / "gan" / infer.WEIGHTS
    trained = CycleGanTrainSpec(scenes=str(scenes), real="none", ngf=4, blocks=1)
    network = ResnetGenerator(ngf=4, blocks=1)
    init_weights(network, compute.generator(1))
    save_generator(weights, network, trained, nm_per_px=7.0)
    return CycleGanGenerateSpec(scenes=str(scenes), generator=str(weights.parent), threads=1)


def generated(spec: CycleGanGenerateSpec, out: Path) -> StageResult:
    return run_stage(spec, out, emit=lambda event: None)


def image(out: Path, name: str) -> NDArray[np.uint8]:
    return layout.read_image(out / layout.IMAGES / name)


def test_missing_generator_is_refused(spec: CycleGanGenerateSpec, tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="there is no such weights file"):
        generated(replace(spec, generator=str(tmp_path / "nowhere")), tmp_path / "out")


def test_file_that_holds_no_weights_is_refused(spec: CycleGanGenerateSpec, tmp_path: Path) -> None:
    bad = files.write_text(tmp_path / "bad.safetensors", "not weights")
    with pytest.raises(InputRefused, match="is not a weights file"):
        generated(replace(spec, generator=str(bad)), tmp_path / "out")


def test_weights_of_another_network_are_refused(spec: CycleGanGenerateSpec, tmp_path: Path) -> None:
    other = tmp_path / "other.safetensors"
    checkpoints.save_weights(other, {"a": torch.zeros(1)}, about={"network": "unet++"}, half=False)
    with pytest.raises(InputRefused, match="holds 'unet\\+\\+' weights"):
        generated(replace(spec, generator=str(other)), tmp_path / "out")


def test_weights_that_do_not_fit_their_description_are_refused(
    spec: CycleGanGenerateSpec, tmp_path: Path
) -> None:
    odd = tmp_path / "odd.safetensors"
    about = {"network": infer.NETWORK, "ngf": 4, "blocks": 2}
    network = ResnetGenerator(ngf=4, blocks=1)
    checkpoints.save_weights(odd, network.state_dict(), about=about, half=False)
    with pytest.raises(InputRefused, match="holds other weights than its description"):
        generated(replace(spec, generator=str(odd)), tmp_path / "out")


def test_each_scene_gets_its_variants_in_its_size(
    spec: CycleGanGenerateSpec, tmp_path: Path
) -> None:
    result = generated(replace(spec, variants=2), tmp_path / "out")
    pairs = layout.read_pairs(str(tmp_path / "out"))
    assert [path.name for path, _, _ in pairs] == [
        "00000-0.png",
        "00000-1.png",
        "00001-0.png",
        "00001-1.png",
    ]
    assert [scene.folder.name for _, scene, _ in pairs] == ["00000", "00000", "00001", "00001"]
    assert pairs[1][2].parameters == {"noise_sigma": 0.01, "variant": 1.0}
    for path, _, _ in pairs:
        made = layout.read_image(path)
        assert made.shape == SHAPE
        assert made.dtype == np.uint8
    assert result.metrics["images"] == 4


def test_variants_differ_by_their_noise_and_by_nothing_without_noise(
    spec: CycleGanGenerateSpec, tmp_path: Path
) -> None:
    generated(replace(spec, variants=2), tmp_path / "noisy")
    generated(replace(spec, variants=2, noise_sigma=0.0), tmp_path / "clean")
    assert (
        image(tmp_path / "noisy", "00000-0.png") != image(tmp_path / "noisy", "00000-1.png")
    ).any()
    np.testing.assert_array_equal(
        image(tmp_path / "clean", "00000-0.png"), image(tmp_path / "clean", "00000-1.png")
    )


def test_same_spec_gives_the_same_bytes(spec: CycleGanGenerateSpec, tmp_path: Path) -> None:
    assert generated(spec, tmp_path / "one") == generated(spec, tmp_path / "again")


def test_image_does_not_depend_on_which_other_scenes_there_are(
    spec: CycleGanGenerateSpec, tmp_path: Path
) -> None:
    generated(spec, tmp_path / "both")
    (layout.scene_folder(Path(spec.scenes), 0) / layout.TRUTH).unlink()
    generated(spec, tmp_path / "one")
    np.testing.assert_array_equal(
        image(tmp_path / "both", "00001-0.png"), image(tmp_path / "one", "00001-0.png")
    )


def test_images_that_are_there_already_are_kept_and_only_missing_ones_made(
    spec: CycleGanGenerateSpec, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    before = generated(spec, out)
    (out / "result.json").unlink()
    (out / layout.IMAGES / "00001-0.png").unlink()
    kept = out / layout.IMAGES / "00000-0.png"
    stamp = kept.stat().st_mtime_ns
    assert generated(spec, out) == before
    assert kept.stat().st_mtime_ns == stamp


def test_broken_scene_is_refused_and_the_others_are_made(
    spec: CycleGanGenerateSpec, tmp_path: Path
) -> None:
    (layout.scene_folder(Path(spec.scenes), 0) / layout.HEIGHT).write_bytes(b"broken")
    result = generated(spec, tmp_path / "out")
    assert [refusal.name for refusal in result.refused] == ["00000"]
    assert [path.name for path, _, _ in layout.read_pairs(str(tmp_path / "out"))] == ["00001-0.png"]


def test_another_pixel_size_than_the_training_had_is_warned_of(
    spec: CycleGanGenerateSpec, tmp_path: Path
) -> None:
    assert not generated(spec, tmp_path / "same").warnings
    weights = Path(spec.generator) / infer.WEIGHTS
    network = ResnetGenerator(ngf=4, blocks=1)
    trained = CycleGanTrainSpec(scenes=spec.scenes, real="none", ngf=4, blocks=1)
    save_generator(weights, network, trained, nm_per_px=14.0)
    (warning,) = generated(spec, tmp_path / "other").warnings
    assert "7 nm a pixel, the generator learned at 14" in warning


def test_large_image_goes_in_tiles_that_leave_no_seams(monkeypatch: pytest.MonkeyPatch) -> None:
    class Smooth(nn.Module):
        """A network without instance norm gives the same in tiles as whole."""

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return 0.5 * x

    random = np.random.default_rng(3)
    large = random.random((150, 200), dtype=np.float32)
    whole = translate(Smooth(), large, device=CPU, precision="fp32")
    monkeypatch.setattr(infer, "WHOLE_PX", 100)
    monkeypatch.setattr(infer, "TILE_PX", 64)
    tiled = translate(Smooth(), large, device=CPU, precision="fp32")
    assert tiled.shape == (150, 200)
    assert np.abs(whole.astype(int) - tiled).max() <= 1
