"""Running a stage: one writer, resume, refusal of folders that are somebody's, a full disk."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from pipeline import contracts, files, runner, stages
from pipeline.contracts import Event, SimulateSpec
from pipeline.errors import OutRefused, StageFailed
from pipeline.runner import StageContext, run_stage

Stage = Callable[[SimulateSpec, StageContext], None]


def write_one(spec: SimulateSpec, context: StageContext) -> None:
    """Write the seed into a file, as a stage would."""
    context.progress(0, 2, unit="file", phase="write")
    context.artifact(files.write_text(context.out / "seed.txt", str(spec.seed)), "seed")
    context.progress(1, 2, unit="file", phase="write")
    context.refuse("bad.png", "is empty")
    context.metrics["files"] = 1.0


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Callable[[Stage], None]:
    """Let a function of the test do the work of simulate."""

    def use(function: Stage) -> None:
        monkeypatch.setattr(runner, "function_of", lambda spec: function)

    use(write_one)
    return use


def ignore(event: Event) -> None:
    """Take an event and do nothing."""


@pytest.mark.usefixtures("stage")
def test_a_folder_that_another_run_holds_is_refused(tmp_path: Path) -> None:
    with FileLock(tmp_path / runner.LOCK), pytest.raises(OutRefused, match="held by another run"):
        run_stage(SimulateSpec(), tmp_path, emit=ignore)
    assert not (tmp_path / runner.SPEC).exists()


@pytest.mark.usefixtures("stage")
def test_a_folder_with_other_files_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(OutRefused, match=r"thesis\.txt.*empty folder"):
        run_stage(SimulateSpec(), tmp_path, emit=ignore)
    assert (tmp_path / "thesis.txt").read_text() == "mine"


@pytest.mark.usefixtures("stage")
def test_a_folder_of_another_spec_is_refused(tmp_path: Path) -> None:
    run_stage(SimulateSpec(seed=1), tmp_path, emit=ignore)
    with pytest.raises(OutRefused, match="another spec"):
        run_stage(SimulateSpec(seed=2), tmp_path, emit=ignore)
    assert (tmp_path / "seed.txt").read_text() == "1"


@pytest.mark.usefixtures("stage")
def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(OutRefused, match="is a file; name a folder"):
        run_stage(SimulateSpec(), tmp_path / "out", emit=ignore)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_says_what_to_do_and_leaves_no_part(
    stage: Callable[[Stage], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
) -> None:
    def fill(spec: SimulateSpec, context: StageContext) -> None:
        def no_room(descriptor: int) -> None:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(os, "fsync", no_room)
        write_one(spec, context)

    stage(fill)
    with pytest.raises(StageFailed, match="Free some space and start the same command"):
        run_stage(SimulateSpec(), tmp_path, emit=ignore)
    assert sorted(p.name for p in tmp_path.iterdir()) == [runner.LOCK, runner.SPEC]


def test_a_result_names_every_file_with_its_hash(
    stage: Callable[[Stage], None], tmp_path: Path
) -> None:
    del stage
    result = run_stage(SimulateSpec(seed=7, threads=3), tmp_path, emit=ignore)
    assert result == runner.read_result(tmp_path)
    (artifact,) = result.artifacts
    assert (artifact.path, artifact.bytes) == ("seed.txt", 1)
    assert artifact.sha256 == files.sha256_of(tmp_path / "seed.txt")
    assert result.refused[0].name == "bad.png"
    assert (result.threads, result.metrics) == (3, {"files": 1.0})


@pytest.mark.usefixtures("stage")
def test_equal_work_gives_equal_result_files(tmp_path: Path) -> None:
    for name in ("a", "b"):
        run_stage(SimulateSpec(seed=7), tmp_path / name, emit=ignore)
    contents = [(tmp_path / name / runner.RESULT).read_bytes() for name in ("a", "b")]
    assert contents[0] == contents[1]


def test_a_finished_run_is_not_done_again(stage: Callable[[Stage], None], tmp_path: Path) -> None:
    run_stage(SimulateSpec(), tmp_path, emit=ignore)

    def must_not_run(spec: SimulateSpec, context: StageContext) -> None:
        raise AssertionError("ran again")

    stage(must_not_run)
    events: list[Event] = []
    run_stage(SimulateSpec(), tmp_path, emit=events.append)
    assert isinstance(events[-1], contracts.Finished)


@pytest.mark.usefixtures("stage")
def test_a_finished_run_that_lost_a_file_is_done_again(tmp_path: Path) -> None:
    run_stage(SimulateSpec(seed=5), tmp_path, emit=ignore)
    (tmp_path / "seed.txt").unlink()
    run_stage(SimulateSpec(seed=5), tmp_path, emit=ignore)
    assert (tmp_path / "seed.txt").read_text() == "5"


@pytest.mark.usefixtures("stage")
def test_progress_tells_the_time_left_once_it_can(tmp_path: Path) -> None:
    events: list[Event] = []
    run_stage(SimulateSpec(), tmp_path, emit=events.append)
    first, second = (e for e in events if isinstance(e, contracts.Progress))
    assert first.seconds_left is None
    assert second.seconds_left is not None


def test_every_stage_has_a_function_that_can_be_imported() -> None:
    assert set(stages.ENTRY) == set(contracts.SPECS)
    for name in stages.ENTRY.values():
        module, _, function = name.partition(":")
        assert callable(getattr(__import__(module, fromlist=[function]), function))
