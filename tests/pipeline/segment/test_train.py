"""Training: it learns, it resumes to the same bits after kill -9, it says what it needs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from pipeline import checkpoints, contracts, files
from pipeline.contracts import SegmentTrainSpec
from pipeline.errors import InputRefused, SpecRefused
from pipeline.runner import run_stage
from pipeline.segment import model
from tests.pipeline.segment.discs import write_pairs

FEATURES = (8, 8, 16, 16, 16, 8)


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_pairs(tmp_path_factory.mktemp("pairs"), seed=1, scenes=5))


def weights_hash(out: Path) -> str:
    """Return the hash of the trained weights."""
    state, _ = checkpoints.load_weights(out / "weights.safetensors", network=model.NETWORK)
    return checkpoints.weights_hash(state)


def test_crops_that_cannot_be_halved_are_refused_by_name() -> None:
    with pytest.raises(SpecRefused, match="crop_px: 72"):
        SegmentTrainSpec(pairs=("out",), crop_px=72)


def test_a_folder_without_pairs_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    spec = SegmentTrainSpec(pairs=(str(tmp_path / "empty"),), device="cpu", threads=1)
    with pytest.raises(InputRefused, match="semblance translate"):
        run_stage(spec, tmp_path / "out", emit=lambda event: None)


def test_a_short_training_learns_shaded_ellipses(pairs: str, tmp_path: Path) -> None:
    events: list[contracts.Event] = []
    spec = SegmentTrainSpec(
        pairs=(pairs,),
        steps=50,
        batch=4,
        crop_px=64,
        features=FEATURES,
        learning_rate=1e-2,
        validate_every=50,
        device="cpu",
        threads=1,
    )
    result = run_stage(spec, tmp_path / "out", emit=events.append)
    assert result.metrics["validation_iou"] > 0.8
    assert {a.role for a in result.artifacts} == {"weights", "history", "sample"}
    assert not list(tmp_path.rglob("*.part"))
    history = pd.read_csv(tmp_path / "out" / "history.csv")
    assert list(history["step"]) == list(range(1, 51))
    assert history["loss"].tail(5).mean() < 0.7 * history["loss"].head(5).mean()
    assert model.load_network(tmp_path / "out" / "weights.safetensors").features == FEATURES
    told = [e for e in events if isinstance(e, contracts.Progress)]
    assert (told[-1].done, told[-1].total) == (50, 50)
    assert any(isinstance(e, contracts.Sample) for e in events)


def test_a_training_killed_with_kill_9_ends_with_the_same_weights(
    pairs: str, tmp_path: Path
) -> None:
    spec = SegmentTrainSpec(
        pairs=(pairs,),
        steps=12,
        batch=2,
        crop_px=64,
        features=FEATURES,
        checkpoint_every=2,
        validate_every=6,
        precision="bf16",
        device="cpu",
        threads=1,
    )
    written = files.write_text(tmp_path / "spec.json", contracts.spec_to_json(spec))
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    command = [sys.executable, "-m", "pipeline", "run", str(written), str(killed)]
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    with subprocess.Popen(command, **quiet) as process:  # type: ignore[call-overload]
        while not (killed / checkpoints.CHECKPOINT).exists() and process.poll() is None:
            time.sleep(0.005)
        os.kill(process.pid, signal.SIGKILL)
    state = checkpoints.load_checkpoint(killed)
    assert state is not None
    assert state["step"] < 12
    assert not (killed / "weights.safetensors").exists()
    subprocess.run(command, check=True, **quiet)  # type: ignore[call-overload]
    run_stage(spec, whole, emit=lambda event: None)
    assert weights_hash(killed) == weights_hash(whole)
    for name in ("history.csv", "weights.safetensors", "result.json"):
        assert (killed / name).read_bytes() == (whole / name).read_bytes()
