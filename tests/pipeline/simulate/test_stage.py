"""The stage: bytes that repeat, broken scenes that lose nothing, resuming, ending when told."""

import dataclasses
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline import contracts, files, layout
from pipeline.contracts import Event, Progress, Sample, SimulateSpec
from pipeline.errors import StageFailed
from pipeline.runner import run_stage
from pipeline.simulate.stage import LOG

pytestmark = pytest.mark.blender

SMALL = SimulateSpec(
    seed=11,
    scenes=3,
    particles=(10, 14),
    shapes=("grain", "sphere", "cube", "short_rod", "long_rod"),
    width_px=96,
    height_px=64,
    threads=1,
)
# Seconds for each scene, so that a test can step in while one is made.
SLOW = dataclasses.replace(SMALL, particles=(80, 80), shapes=("grain",), arrangements=("piles",))

needs_proc = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs Linux's /proc")


def children_of(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def blenders_of(pid: int) -> list[int]:
    return [
        c for c in children_of(pid) if b"simulate.worker" in Path(f"/proc/{c}/cmdline").read_bytes()
    ]


def hashes(out: Path) -> dict[str, str]:
    found = sorted((out / layout.SCENES).rglob("*.*"))
    return {str(path.relative_to(out)): files.sha256_of(path) for path in found}


def wait_for(what: Callable[[], object], *, seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def ignore(event: Event) -> None:
    del event


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Event]]:
    out = tmp_path_factory.mktemp("finished")
    events: list[Event] = []
    run_stage(SMALL, out, emit=events.append)
    return out, events


def test_a_scene_is_complete_and_its_pictures_agree(finished: tuple[Path, list[Event]]) -> None:
    out, _ = finished
    folders = layout.scene_folders(str(out))
    assert len(folders) == 3
    for folder in folders:
        scene = layout.Scene(folder=folder)
        truth, height, labels = scene.truth(), scene.height_nm(), scene.labels()
        assert height.shape == labels.shape == (64, 96)
        shown = cv2.imread(str(folder / layout.HEIGHT_PNG), cv2.IMREAD_UNCHANGED)
        assert shown.dtype == np.uint16
        assert np.abs(shown / 65535 * truth.top_nm - height).max() < truth.top_nm / 65000
        mask = cv2.imread(str(folder / layout.MASK), cv2.IMREAD_UNCHANGED)
        assert ((mask == 255) == (labels > 0)).all()
        assert ((height > 0) == (labels > 0)).all()
        edges = cv2.imread(str(folder / layout.EDGES), cv2.IMREAD_UNCHANGED)
        assert edges.max() == 255
        assert (scene.rimmed() <= mask).all()
        counts = np.bincount(labels.ravel(), minlength=len(truth.particles) + 1)[1:]
        assert [p.visible_px for p in truth.particles] == counts.tolist()
        assert [p.label for p in truth.particles] == list(range(1, len(truth.particles) + 1))


def test_every_scene_is_told_of(finished: tuple[Path, list[Event]]) -> None:
    out, events = finished
    samples = [event.path for event in events if isinstance(event, Sample)]
    assert len(samples) == 3
    assert all((out / path).is_file() for path in samples)
    assert [e.done for e in events if isinstance(e, Progress)] == [0, 1, 2, 3]
    metrics = [e for e in events if isinstance(e, contracts.Metric)]
    assert {e.name for e in metrics} == {"seconds_per_scene", "peak_memory_mb"}
    assert all(e.value > 0 for e in metrics)


def test_other_processes_give_equal_bytes(
    finished: tuple[Path, list[Event]], tmp_path: Path
) -> None:
    run_stage(dataclasses.replace(SMALL, scenes_per_process=1), tmp_path / "out", emit=ignore)
    assert len(hashes(finished[0])) == 21
    assert hashes(tmp_path / "out") == hashes(finished[0])


def test_without_edges_the_rest_is_the_same(
    finished: tuple[Path, list[Event]], tmp_path: Path
) -> None:
    run_stage(dataclasses.replace(SMALL, edges=False, scenes=1), tmp_path / "out", emit=ignore)
    without = hashes(tmp_path / "out")
    assert "scenes/00000/edges.png" not in without
    del without["scenes/00000/rimmed.png"]
    assert without.items() <= hashes(finished[0]).items()


def test_scenes_that_all_take_too_long_fail_the_stage(tmp_path: Path) -> None:
    spec = dataclasses.replace(SMALL, scenes=2, scene_timeout_s=1e-3)
    with pytest.raises(StageFailed, match=r"Not one of 2 scenes .* took more than 0.001 s"):
        run_stage(spec, tmp_path / "out", emit=ignore)
    assert (tmp_path / "out" / LOG).is_file()
    assert not hashes(tmp_path / "out")


@needs_proc
def test_a_scene_that_takes_its_process_along_loses_no_other(tmp_path: Path) -> None:
    def shoot_the_second(event: Event) -> None:
        if isinstance(event, Sample) and event.step == 0:
            time.sleep(0.3)  # by now scene 1 has begun
            for pid in blenders_of(os.getpid()):
                os.kill(pid, signal.SIGKILL)

    result = run_stage(SLOW, tmp_path / "out", emit=shoot_the_second)
    assert [refused.name for refused in result.refused] == ["scene 00001"]
    assert "code -9" in result.refused[0].reason
    assert [f.name for f in layout.scene_folders(str(tmp_path / "out"))] == ["00000", "00002"]
    assert result.metrics["scenes"] == 2


def start(spec: SimulateSpec, out: Path) -> subprocess.Popen[bytes]:
    given = files.write_text(out.with_suffix(".json"), contracts.spec_to_json(spec))
    return subprocess.Popen(
        [sys.executable, "-m", "pipeline", "run", str(given), str(out)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "TMPDIR": str(temporary(out))},
    )


def temporary(out: Path) -> Path:
    """The folder for temporary files of a stage that is started."""
    folder = out.with_suffix(".tmp")
    folder.mkdir(exist_ok=True)
    return folder


def first_scene(out: Path) -> Path:
    return layout.scene_folder(out, 0) / layout.TRUTH


@needs_proc
def test_after_kill_9_the_same_command_goes_on(tmp_path: Path) -> None:
    out = tmp_path / "out"
    stage = start(SLOW, out)
    with stage:
        wait_for(first_scene(out).exists)
        blenders = blenders_of(stage.pid)
        stage.kill()
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in blenders), seconds=20)
    kept = first_scene(out).stat().st_mtime_ns
    result = run_stage(SLOW, out, emit=ignore)
    assert first_scene(out).stat().st_mtime_ns == kept
    assert result.metrics["scenes"] == 3
    assert not list(out.rglob("*" + files.PART))
    assert not list(temporary(out).iterdir())  # what Blender had there is not left to the system


@needs_proc
def test_closing_standard_input_ends_stage_and_blender(tmp_path: Path) -> None:
    out = tmp_path / "out"
    stage = start(SLOW, out)
    with stage:
        wait_for(first_scene(out).exists)
        blenders = blenders_of(stage.pid)
        assert blenders
        assert stage.stdin is not None
        stage.stdin.close()
        assert stage.wait(timeout=30) == 143
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in blenders), seconds=20)
    assert first_scene(out).exists()
    assert not list((out / layout.SCENES).glob("*" + files.PART))
