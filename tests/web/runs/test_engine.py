"""A run from its claim to its end, with a stage that takes no time."""

import errno
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from accounts.models import User
from core import files
from core.models import StoredFile
from runs import ending, storing, workspace
from runs.engine import execute
from runs.lease import LOOK_EVERY_S
from runs.local import run_here
from runs.models import Run, Status
from runs.recorder import Recorder
from runs.services import InputRef, run_cancel, run_resume, run_start
from runs.signals import run_ended
from tests.web.factories import make_run

StandIn = Callable[[str], None]


@pytest.fixture
def run(analyst: User, stand_in: StandIn) -> Run:
    return run_start(owner=analyst, stage="simulate", seed=4)


@pytest.fixture
def ended() -> Iterator[list[Run]]:
    heard: list[Run] = []

    def hear(run: Run, **_: Any) -> None:
        assert run.is_final
        heard.append(run)

    run_ended.connect(hear)
    yield heard
    run_ended.disconnect(hear)


def content(stored: StoredFile) -> bytes:
    with files.file_open(stored) as stream:
        return stream.read()


def test_what_a_stage_says_and_makes_is_stored(run: Run, ended: list[Run]) -> None:
    run_here(run)
    assert (run.status, run.problem) == (Status.SUCCEEDED, "")
    assert run.phases[0]["name"] == "work"
    assert (run.phases[0]["done"], run.phases[0]["total"], run.phases[0]["unit"]) == (3, 3, "steps")
    curve = run.curve_values.order_by("step").values_list("name", "step", "value")
    assert list(curve) == [("loss", 1, 1.0), ("loss", 2, 0.5), ("loss", 3, 1 / 3)]
    sample = run.samples.get()
    assert (sample.path, sample.caption) == ("sample.txt", "A sample")
    assert content(sample.file) == b"sample"
    artifact = run.artifacts.get()
    assert (artifact.path, artifact.role) == ("made.txt", "thing")
    assert content(artifact.file) == b"made of seed 4"
    assert (run.code_version, run.used_device, run.threads) == ("1.2.3", "cpu", 2)
    assert run.metrics == {"score": 0.5}
    assert run.lease_until is None
    assert ended == [run]
    assert run.announced_at is not None


def test_a_sample_outside_the_folder_is_left_out_and_said(run: Run) -> None:
    run_here(run)
    said = run.log_lines.filter(level="warning").values_list("message", flat=True)
    assert list(said) == ["The sample ../spec.json is not in the run's folder."]


def test_success_with_warnings_is_success_and_keeps_them(run: Run, stand_in: StandIn) -> None:
    stand_in("warn")
    run_here(run)
    assert run.status == Status.SUCCEEDED
    assert run.warnings == ["One thing is odd."]
    assert run.refused == [{"name": "a.png", "reason": "is empty"}]


def test_the_last_error_of_the_stage_is_the_problem(
    run: Run, stand_in: StandIn, ended: list[Run]
) -> None:
    stand_in("fail")
    run_here(run)
    assert (run.status, run.problem) == (Status.FAILED, "The focus is too low.")
    assert ended == [run]


def test_a_stage_that_dies_without_a_word_leaves_its_last_lines_in_the_log(
    run: Run, stand_in: StandIn
) -> None:
    stand_in("silent-death")
    run_here(run)
    assert run.problem == (
        "The stage broke down without a word (exit code 11); its log has the details."
    )
    assert run.log_lines.filter(level="error", message="Segmentation fault (of sorts)").exists()


def test_events_that_cannot_be_read_are_counted_and_do_no_harm(run: Run, stand_in: StandIn) -> None:
    stand_in("malformed,garbage")
    run_here(run)
    assert run.status == Status.SUCCEEDED
    assert run.warnings == ["2 lines of the stage could not be read; its result is whole."]
    assert run.log_lines.filter(message__contains="cannot be read").count() == 2


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        ("torn-result", "result.json cannot be read"),
        ("lies", "made.txt is not what the stage wrote; resume the run."),
    ],
)
def test_a_result_that_cannot_be_stored_is_said_and_leaves_nothing_half_stored(
    run: Run, stand_in: StandIn, wanted: str, problem: str
) -> None:
    stand_in(wanted)
    run_here(run)
    assert run.status == Status.FAILED
    assert problem in run.problem
    assert not run.artifacts.exists()


def test_a_failed_run_is_resumed_in_the_same_folder(
    run: Run, analyst: User, stand_in: StandIn
) -> None:
    stand_in("fail")
    run_here(run)
    stand_in("")
    run_resume(run=run, by=analyst)
    run_here(run)
    assert (run.status, run.attempts) == (Status.SUCCEEDED, 2)
    starts = (workspace.out_folder(run) / "starts.txt").read_text().splitlines()
    assert len(starts) == 2
    assert run.curve_values.count() == 3, "said again, kept once"


def test_a_full_disk_while_storing_is_said_and_the_run_can_be_resumed(
    run: Run, analyst: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(storing, "files_store", full)
        run_here(run)
    assert run.status == Status.FAILED
    assert run.problem == (
        "The disk is full. Free some space and resume the run; "
        "what it finished is kept and not done again."
    )
    run_resume(run=run, by=analyst)
    run_here(run)
    assert run.status == Status.SUCCEEDED


def test_a_database_that_is_locked_for_a_moment_costs_no_event(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, tries = Recorder.flush, []

    def flush(self: Recorder) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise OperationalError("database is locked")
        whole(self)

    monkeypatch.setattr(Recorder, "flush", flush)
    run_here(run)
    assert run.status == Status.SUCCEEDED
    assert run.curve_values.count() == 3


def test_an_error_of_our_own_is_no_trace_for_the_public(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("secret")

    monkeypatch.setattr(workspace, "prepare", broken)
    run_here(run)
    assert run.status == Status.FAILED
    assert "secret" not in run.problem
    assert "Resume it" in run.problem


def test_a_run_that_somebody_else_has_is_left_alone(run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(status=Status.RUNNING, worker="other", attempts=1)
    assert execute(run.pk, worker="here", own_thread=False) is None
    with pytest.raises(ValueError, match="not queued"):
        run_here(run)


# ---- stopping in the middle ----------------------------------------------------------------------


class Meanwhile:
    """Does something once the stage has started; `stops` is asked at every step of the engine."""

    def __init__(self, run: Run, act: Callable[[], None], *, stop: bool = False) -> None:
        self._starts = workspace.out_folder(run) / "starts.txt"
        self._act, self._stop, self.done_at = act, stop, 0.0

    @property
    def pid(self) -> int:
        return int(self._starts.read_text().split()[0])

    def __call__(self) -> bool:
        if not self.done_at and self._starts.exists():
            self._act()
            self.done_at = time.monotonic()
        return self._stop and bool(self.done_at)


def gone(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize("how", ["wait", "stubborn"])
def test_a_cancelled_stage_is_gone_in_five_seconds(
    run: Run, analyst: User, stand_in: StandIn, how: str
) -> None:
    stand_in(how)
    meanwhile = Meanwhile(run, lambda: run_cancel(run=run, by=analyst))
    execute(run.pk, worker="here", stops=meanwhile, own_thread=False)
    assert time.monotonic() - meanwhile.done_at < 5
    run.refresh_from_db()
    assert (run.status, run.problem) == (Status.CANCELLED, "Cancelled; what it made is kept.")
    assert gone(meanwhile.pid)


def test_a_worker_that_lost_its_lease_stops_its_stage_and_writes_nothing(
    run: Run, stand_in: StandIn, ended: list[Run]
) -> None:
    stand_in("wait")

    def taken_by_another() -> None:
        Run.objects.filter(pk=run.pk).update(worker="other", attempts=2)

    meanwhile = Meanwhile(run, taken_by_another)
    execute(run.pk, worker="here", stops=meanwhile, own_thread=False)
    run.refresh_from_db()
    assert (run.status, run.worker) == (Status.RUNNING, "other")
    assert gone(meanwhile.pid)
    assert ended == []


def test_a_worker_that_shuts_down_hands_its_run_back(run: Run, stand_in: StandIn) -> None:
    stand_in("wait")
    meanwhile = Meanwhile(run, lambda: None, stop=True)
    execute(run.pk, worker="here", stops=meanwhile, own_thread=False)
    run.refresh_from_db()
    assert (run.status, run.worker, run.losses) == (Status.QUEUED, "", 0)
    assert gone(meanwhile.pid)
    stand_in("")
    run_here(run)
    assert run.status == Status.SUCCEEDED


def test_the_lease_is_renewed_while_the_stage_runs(
    run: Run, stand_in: StandIn, settings: Any
) -> None:
    settings.SEMBLANCE_LEASE_S = 2
    stand_in("wait")
    go = workspace.run_folder(run) / "go"
    began, leases = time.monotonic(), set()

    def look() -> bool:
        leases.add(Run.objects.get(pk=run.pk).lease_until)
        if time.monotonic() - began > 3:
            go.touch()
        return False

    execute(run.pk, worker="here", stops=look, own_thread=False)
    run.refresh_from_db()
    assert run.status == Status.SUCCEEDED
    assert len(leases) > 3 / (4 * LOOK_EVERY_S)


# ---- what follows --------------------------------------------------------------------------------


def test_a_receiver_that_fails_is_noted_and_the_run_stays_as_it_is(run: Run) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError("no dataset")

    run_ended.connect(broken)
    try:
        run_here(run)
    finally:
        run_ended.disconnect(broken)
    assert run.status == Status.SUCCEEDED
    assert run.log_lines.filter(level="error", message__contains="no dataset").exists()


def test_an_end_is_announced_once(run: Run, ended: list[Run]) -> None:
    run_here(run)
    ending.announce(run)
    assert ended == [run]
    assert ending.unannounced() == []


@pytest.mark.django_db(transaction=True)
def test_an_announcement_that_takes_long_is_not_made_a_second_time(
    run: Run, stand_in: StandIn, settings: Any
) -> None:
    settings.SEMBLANCE_LEASE_S = 1
    free: list[int] = []

    def slow(**_: object) -> None:
        until = time.monotonic() + 2.5
        while time.monotonic() < until:
            time.sleep(0.1)
            free.append(len(ending.unannounced()))

    run_ended.connect(slow)
    try:
        run_here(run)
    finally:
        run_ended.disconnect(slow)
    assert len(free) > 5
    assert sum(free) == 0
    assert run.announced_at is not None
    assert run.lease_until is None


def test_those_that_wait_for_a_failed_run_end_with_a_sentence(
    run: Run, analyst: User, stand_in: StandIn
) -> None:
    images = run_start(owner=analyst, stage="render", inputs=[InputRef("scenes", source_run=run)])
    stand_in("fail")
    run_here(run)
    images.refresh_from_db()
    assert images.status == Status.CANCELLED
    assert f"Simulate (run {run.pk}), which failed" in images.problem


def test_a_run_waits_for_all_of_its_sources(analyst: User, stand_in: StandIn) -> None:
    first, second = (
        make_run(stage="render", status=Status.WAITING, owner=analyst) for _ in range(2)
    )
    train = run_start(
        owner=analyst,
        stage="segment-train",
        inputs=[InputRef("pairs", source_run=first), InputRef("pairs", source_run=second)],
    )
    for source, expected in [(first, Status.WAITING), (second, Status.QUEUED)]:
        Run.objects.filter(pk=source.pk).update(status=Status.SUCCEEDED, ended_at=timezone.now())
        ending.announce(source)
        train.refresh_from_db()
        assert train.status == expected


def test_the_output_of_a_run_is_fetched_from_the_storage(run: Run) -> None:
    run_here(run)
    shutil.rmtree(workspace.root())
    out = workspace.fetch_output(run)
    assert (out / "made.txt").read_text() == "made of seed 4"
    (out / "made.txt").write_text("torn")
    assert (workspace.fetch_output(run) / "made.txt").read_text() == "made of seed 4"


def test_a_folder_that_another_database_left_is_no_output_of_this_run(run: Run) -> None:
    left = workspace.out_folder(run)
    left.mkdir(parents=True)
    (left / "result.json").write_text("{}")
    (left / "spec.json").write_text("another")
    run_here(run)
    assert run.status == Status.SUCCEEDED
    # The same size, and not ours.
    (workspace.run_folder(run) / ".sealed").unlink()
    (left / "made.txt").write_text("MADE OF SEED 4")
    workspace.fetch_output(run)
    assert (left / "made.txt").read_text() == "made of seed 4"
