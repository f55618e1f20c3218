"""What goes from the work folder, and what must not."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from filelock import FileLock
from pytest_django import Settings

from core.files import bytes_store
from core.models import FileSet, FileSetItem
from runs import pruning, sweeper, workspace
from runs.models import Artifact, Run, RunInput, Status
from tests.web.factories import make_run

pytestmark = pytest.mark.django_db
GOING = [Status.WAITING, Status.QUEUED, Status.RUNNING, Status.STORING]
BADLY = [Status.FAILED, Status.CANCELLED, Status.LOST]


def ended(status: Status, *, days: float) -> Run:
    """A run that ended some days ago, with a folder of that age."""
    run = make_run(status=status, ended_at=timezone.now() - timedelta(days=days))
    out = workspace.out_folder(run)
    out.mkdir(parents=True)
    (out / "checkpoint.pt").write_bytes(b"weights")
    aged(workspace.run_folder(run), days=days)
    return run


def aged(folder: Path, *, days: float) -> None:
    then = time.time() - days * 86_400
    for path in (folder, folder / workspace.SEAL):
        if path.exists():
            os.utime(path, (then, then))


def is_there(run: Run) -> bool:
    return (workspace.out_folder(run) / "checkpoint.pt").exists()


@pytest.mark.parametrize("status", GOING)
def test_a_run_that_has_not_ended_keeps_its_folder_for_ever(status: Status) -> None:
    run = ended(status, days=400)
    assert pruning.work_sweep() == 0
    assert is_there(run)


@pytest.mark.parametrize("status", BADLY)
def test_checkpoints_stay_for_two_weeks_to_resume_from(status: Status) -> None:
    kept, old = ended(status, days=13.9), ended(status, days=14.1)
    assert pruning.work_sweep() == 1
    assert is_there(kept)
    assert not workspace.run_folder(old).exists()


def test_how_long_checkpoints_stay_is_a_setting(settings: Settings) -> None:
    settings.SEMBLANCE_WORK_DAYS = 30
    run = ended(Status.FAILED, days=20)
    assert pruning.work_sweep() == 0
    assert is_there(run)


def test_the_folder_of_a_run_that_succeeded_goes_after_an_hour() -> None:
    fresh, old = ended(Status.SUCCEEDED, days=0.5 / 24), ended(Status.SUCCEEDED, days=2 / 24)
    assert pruning.work_sweep() == 1
    assert is_there(fresh)
    assert not is_there(old)


def test_what_was_pruned_is_fetched_again_by_the_next_run_that_reads_it() -> None:
    source = ended(Status.SUCCEEDED, days=1)
    Artifact.objects.create(run=source, path="made.txt", role="text", file=bytes_store(b"made"))
    assert pruning.work_sweep() == 1
    assert (workspace.fetch_output(source) / "made.txt").read_bytes() == b"made"
    assert pruning.work_sweep() == 0, "it was read just now"


def test_nothing_goes_that_a_run_in_progress_has_asked_for() -> None:
    source = ended(Status.SUCCEEDED, days=9)
    reader = make_run(status=Status.RUNNING, started_at=timezone.now() - timedelta(days=3))
    RunInput.objects.create(run=reader, field="scenes", source_run=source)
    workspace.fetch_output(source)
    aged(workspace.run_folder(source), days=2.9)
    folder = inputs()
    aged(folder, days=2.9)
    assert pruning.work_sweep() == 0
    Run.objects.filter(pk=reader.pk).update(status=Status.SUCCEEDED)
    assert pruning.work_sweep() == 2
    assert not folder.exists()


def test_inputs_that_are_asked_for_again_stay() -> None:
    folder = inputs()
    aged(folder, days=1)
    assert inputs() == folder
    assert pruning.work_sweep() == 0


def test_a_folder_that_somebody_fills_is_left_alone() -> None:
    folder = inputs()
    aged(folder, days=1)
    with FileLock(workspace.lock_of(folder)):
        assert pruning.work_sweep() == 0
    assert folder.exists()


def test_the_folder_of_a_run_that_is_not_in_the_database_goes_after_two_weeks() -> None:
    run = ended(Status.SUCCEEDED, days=13)
    folder = workspace.run_folder(run)
    run.delete()
    assert pruning.work_sweep() == 0
    aged(folder, days=15)
    assert pruning.work_sweep() == 1


def test_what_a_killed_sweep_left_half_deleted_goes_first() -> None:
    left = workspace.root() / "runs" / ".gone-1-abc"
    left.mkdir(parents=True)
    (left / "half").touch()
    pruning.work_sweep()
    assert not left.exists()


def test_a_worker_sweeps_its_work_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeper, "_tidied_at", None)
    run = ended(Status.FAILED, days=15)
    sweeper.sweep()
    assert not is_there(run)
    sweeper.sweep()
    later = ended(Status.FAILED, days=15)
    sweeper.sweep()
    assert is_there(later), "not at every sweep"


def inputs() -> Path:
    """A folder of inputs as a run gets it."""
    run = make_run(stage="ingest")
    files = FileSet.objects.create()
    FileSetItem.objects.create(file_set=files, name="a.txt", file=bytes_store(b"a"))
    RunInput.objects.create(run=run, field="uploads", file_set=files)
    workspace.prepare(run)
    (folder,) = (path for path in (workspace.root() / "inputs").iterdir() if path.is_dir())
    return folder
