from __future__ import annotations

import csv
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import cv2
import numpy as np
import pytest

from pipeline import contracts, files, layout
from pipeline.checkpoints import CHECKPOINT, load_weights, weights_hash
from pipeline.contracts import (
    CycleGanGenerateSpec,
    CycleGanTrainSpec,
    Event,
    Metric,
    Sample,
    StageResult,
)
from pipeline.errors import InputRefused
from pipeline.runner import run_stage
from pipeline.translate.cyclegan.infer import NETWORK
from pipeline.translate.cyclegan.model import CURVES
from tests.pipeline.translate.cyclegan.toy import GROUND, PARTICLE, write_real, write_scenes

if TYPE_CHECKING:
    from collections.abc import Iterator

SMALL = {
    "threads": 1,
    "crop_px": 32,
    "ngf": 4,
    "ndf": 4,
    "blocks": 1,
    "discriminator_layers": 2,
    "history": 4,
    "stop_window": 5,
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    write_scenes(folder / "scenes", count=2)
    write_real(folder / "real", count=3)
    return folder


def spec_of(world: Path, **changes: object) -> CycleGanTrainSpec:
    fields = SMALL | {"scenes": str(world / "scenes"), "real": str(world / "real")} | changes
    return CycleGanTrainSpec(**fields)  # type: ignore[arg-type]


def trained(spec: CycleGanTrainSpec, out: Path) -> tuple[StageResult, list[Event]]:
    events: list[Event] = []
    return run_stage(spec, out, emit=events.append), events


def rows_of(out: Path) -> list[dict[str, float]]:
    with (out / "history.csv").open(newline="") as stream:
        return [{k: float(v) for k, v in row.items()} for row in csv.DictReader(stream)]


def hash_of(out: Path) -> str:
    return weights_hash(load_weights(out / "generator.safetensors", network=NETWORK)[0])


def test_folder_without_images_is_refused_before_anything_is_written(
    world: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputRefused, match="holds no images"):
        trained(spec_of(world, real=str(tmp_path / "empty")), tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} <= {".lock", "spec.json"}


def test_training_writes_generator_curves_samples_and_chart(world: Path, tmp_path: Path) -> None:
    spec = spec_of(world, steps=12, sample_every=5, checkpoint_every=5)
    result, events = trained(spec, tmp_path)
    roles = sorted(artifact.role for artifact in result.artifacts)
    assert roles == ["generator", "sample", "sample", "sample", "score-chart", "training-curves"]
    _, about = load_weights(tmp_path / "generator.safetensors", network=NETWORK)
    assert (about["ngf"], about["blocks"], about["crop_px"]) == (4, 1, 32)
    rows = rows_of(tmp_path)
    assert [row["step"] for row in rows] == list(range(1, 13))
    assert set(rows[0]) == {"step", *CURVES}
    assert {event.name for event in events if isinstance(event, Metric)} == set(CURVES)
    shown = [event.path for event in events if isinstance(event, Sample)]
    assert shown == [f"samples/step-{n:07d}.png" for n in (5, 10, 12)] + ["score.png"]
    assert (tmp_path / "score.png").read_bytes().startswith(b"\x89PNG")


def test_samples_show_height_map_sem_image_and_the_way_back(world: Path, tmp_path: Path) -> None:
    trained(spec_of(world, steps=1), tmp_path)
    strip = cv2.imread(str(tmp_path / "samples" / "step-0000001.png"), cv2.IMREAD_UNCHANGED)
    assert strip is not None
    assert strip.shape == (2 * 64 + 4, 3 * 64 + 2 * 4)  # two scenes, a window of 64 px each


def test_same_spec_gives_the_same_bytes_and_another_seed_others(
    world: Path, tmp_path: Path
) -> None:
    spec = spec_of(world, steps=6)
    one, _ = trained(spec, tmp_path / "one")
    again, _ = trained(spec, tmp_path / "again")
    other, _ = trained(replace(spec, seed=1), tmp_path / "other")
    assert one == again
    assert hash_of(tmp_path / "one") != hash_of(tmp_path / "other")
    assert one.artifacts != other.artifacts


def test_rate_in_the_curves_follows_the_schedule(world: Path, tmp_path: Path) -> None:
    trained(spec_of(world, steps=8, learning_rate=1e-3, decay_from=0.5), tmp_path)
    rates = [row["learning_rate"] for row in rows_of(tmp_path)]
    assert rates == pytest.approx([1e-3] * 5 + [7.5e-4, 5e-4, 2.5e-4])


def test_training_stops_when_the_score_passes_and_says_at_which_step(
    world: Path, tmp_path: Path
) -> None:
    # Before any training the scores lie about 0, far below; a low bar is passed within the run.
    result, _ = trained(
        spec_of(world, steps=200, learning_rate=2e-3, stop_score=0.2, stop_window=3), tmp_path
    )
    scores = [row["score_on_generated"] for row in rows_of(tmp_path)]
    stopped = int(result.metrics["stopped_at_step"])
    assert stopped == len(scores) < 200
    assert np.mean(scores[-3:]) > 0.2
    assert all(np.mean(scores[n - 3 : n]) <= 0.2 for n in range(3, stopped))


def test_training_without_a_stop_score_takes_all_steps(world: Path, tmp_path: Path) -> None:
    result, _ = trained(spec_of(world, steps=3), tmp_path)
    assert result.metrics["steps"] == 3
    assert "stopped_at_step" not in result.metrics


@pytest.mark.slow
@pytest.mark.parametrize("precision", ["bf16", "fp32"])
def test_training_that_was_killed_ends_with_the_weights_of_one_that_was_not(
    world: Path, tmp_path: Path, precision: Literal["bf16", "fp32"]
) -> None:
    spec = spec_of(world, steps=24, checkpoint_every=8, precision=precision)
    path = files.write_text(tmp_path / "spec.json", contracts.spec_to_json(spec))
    finish(path, tmp_path / "whole")
    kill_at_step(10, path, tmp_path / "killed")
    assert (tmp_path / "killed" / CHECKPOINT).exists()
    assert not (tmp_path / "killed" / "generator.safetensors").exists()
    said = finish(path, tmp_path / "killed")
    assert "Going on after step 8." in said
    assert hash_of(tmp_path / "killed") == hash_of(tmp_path / "whole")
    for name in ("history.csv", "result.json", "score.png", "generator.safetensors"):
        assert (tmp_path / "killed" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def stage_process(spec: Path, out: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "pipeline", "run", str(spec), str(out)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def finish(spec: Path, out: Path) -> str:
    with stage_process(spec, out) as process:
        assert process.stdout is not None
        said = process.stdout.read()
    assert process.returncode == 0
    return said


def kill_at_step(step: int, spec: Path, out: Path) -> None:
    with stage_process(spec, out) as process:
        for event in events_of(process):
            if event.get("phase") == "training" and event["done"] >= step:
                process.kill()
                break
    assert process.returncode == -9


def events_of(process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    assert process.stdout is not None
    for line in process.stdout:
        yield json.loads(line)


@pytest.mark.slow
def test_generator_learns_the_grey_levels_of_real_images_from_unpaired_ones(
    world: Path, tmp_path: Path
) -> None:
    spec = spec_of(world, steps=150, ngf=8, ndf=8, learning_rate=2e-3)
    trained(spec, tmp_path / "gan")
    rows = rows_of(tmp_path / "gan")
    first, last = (np.mean([row["cycle"] for row in part]) for part in (rows[:10], rows[-10:]))
    assert last < 0.5 * first
    generate = CycleGanGenerateSpec(scenes=spec.scenes, generator=str(tmp_path / "gan"), threads=1)
    run_stage(generate, tmp_path / "made", emit=lambda event: None)
    for path, scene, _ in layout.read_pairs(str(tmp_path / "made")):
        grey = layout.read_image(path) / 255
        particle = scene.height_nm() > 0
        # The height maps' ground is 0 and their median particle darker than PARTICLE.
        assert np.median(grey[~particle]) == pytest.approx(GROUND, abs=0.08)
        assert np.median(grey[particle]) == pytest.approx(PARTICLE, abs=0.15)
