"""kill -9 of a worker at four points, a broker that is away, a disk that is full, a web restart.

Real workers with a stand-in stage, on files or on the configured servers. Leases of 3 s and sweeps
every second instead of 30 and 10: what takes seconds here takes at most 40 in an installation.
"""

import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.web.runs.lab import LEASE_S, SWEEP_S, Lab, alive, descendants, kill, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

# Much longer than it takes: a busy machine starts Python slowly. A run that is stuck stays stuck.
STUCK_S = 10 * (LEASE_S + SWEEP_S)


SCENES = {
    "scenes": 6,
    "particles": [4, 6],
    "width_px": 64,
    "height_px": 48,
    "nm_per_px": 20.0,
    "edges": False,
}


def assert_leaves_no_stage(lab: Lab, worker: subprocess.Popen[bytes], *runs: int) -> None:
    """Kill a worker; its stages are gone in 5 s."""
    stages = [pid for pk in runs for pid in lab.starts(pk)]
    killed_at = kill(worker)
    for pid in stages:
        left = max(0.0, killed_at + 5 - time.monotonic())
        until(lambda pid=pid: not alive(pid), seconds=left)  # type: ignore[misc]


def assert_recovers(lab: Lab, pk: int, *, attempts: int = 2) -> None:
    """The run ends well, with one writer at a time."""
    lab.let_go(pk)
    until(lambda: lab.status(pk) == "succeeded", seconds=STUCK_S, what=lab)
    assert lab.run(pk)["attempts"] == attempts
    assert "held by another run" not in lab.log()
    assert lab.sql("SELECT path FROM runs_artifact WHERE run_id = ? AND path = 'made.txt'", pk)


def test_killed_with_a_message_in_the_queue(lab: Lab) -> None:
    """The message is gone with all that the broker knew: none is needed."""
    lab.start()
    pk = lab.start()
    first = lab.worker("first", stand_in="wait")
    assert_leaves_no_stage(lab, first)
    lab.backing.lose_messages()
    lab.worker("second")
    assert_recovers(lab, pk, attempts=1)


def test_killed_with_a_message_fetched(lab: Lab) -> None:
    # It looks round so seldom that no run has two messages.
    first = lab.worker("first", stand_in="wait", sweep_s=600)
    running = lab.start()
    until(lambda: lab.starts(running))
    pk = lab.start()
    # The broker has handed it out, and the worker, which is busy, has not begun it.
    until(lambda: lab.backing.waiting() == 0)
    assert lab.status(pk) == "queued"
    assert_leaves_no_stage(lab, first, running)
    lab.worker("second")
    assert_recovers(lab, pk, attempts=1)
    assert_recovers(lab, running)


def test_killed_while_the_stage_runs(lab: Lab) -> None:
    first = lab.worker("first", stand_in="wait")
    pk = lab.start()
    until(lambda: lab.starts(pk))
    lab.worker("second", stand_in="wait")
    assert_leaves_no_stage(lab, first, pk)
    assert_recovers(lab, pk)
    assert len(lab.starts(pk)) == 2


@pytest.mark.blender
def test_killed_while_blender_works(make_lab: Callable[..., Lab]) -> None:
    """The stage of a simulation has processes of its own; none of them stays either."""
    real = shlex.join([sys.executable, "-m", "pipeline"])
    lab = make_lab(SEMBLANCE_STAGE_COMMAND=real)
    first = lab.worker("first")
    pk = int(lab.ask(f"start(spec={SCENES})"))
    until(lambda: (lab.out(pk) / "scenes" / "00000").is_dir(), what=lab)
    stages = descendants(first.pid)
    assert len(stages) >= 2, "the stage and Blender's process"
    killed_at = kill(first)
    for pid in stages:
        left = max(0.0, killed_at + 5 - time.monotonic())
        until(lambda pid=pid: not alive(pid), seconds=left)  # type: ignore[misc]
    lab.worker("second")
    until(lambda: lab.status(pk) == "succeeded", seconds=3 * STUCK_S, what=lab)
    assert lab.run(pk)["attempts"] == 2


def test_killed_when_finished_but_not_stored(lab: Lab) -> None:
    first = lab.worker("first", stand_in="many")
    pk = lab.start()
    until(lambda: lab.status(pk) == "storing")
    assert_leaves_no_stage(lab, first, pk)
    assert lab.status(pk) == "storing"
    assert not lab.sql("SELECT 1 FROM runs_artifact")
    lab.worker("second", stand_in="many")
    assert_recovers(lab, pk)
    assert len(lab.sql("SELECT 1 FROM runs_artifact WHERE run_id = ?", pk)) == 801


def test_the_same_worker_started_again_waits_for_no_lease(make_lab: Callable[..., Lab]) -> None:
    lab = make_lab(SEMBLANCE_LEASE_S="600")
    first = lab.worker("long", stand_in="wait")
    pk = lab.start()
    until(lambda: lab.starts(pk))
    assert_leaves_no_stage(lab, first, pk)
    lab.manage("worker", "--name", "long")
    assert_recovers(lab, pk)


def test_a_second_worker_of_one_name_is_refused(lab: Lab) -> None:
    lab.worker("one")
    second = lab.manage("worker", "--name", "one")
    assert second.wait(timeout=20) != 0
    assert "A worker named one@" in lab.log()


def test_a_worker_that_is_told_to_stop_hands_its_run_back(lab: Lab) -> None:
    first = lab.worker("first", stand_in="wait")
    pk = lab.start()
    [pid] = until(lambda: lab.starts(pk))
    first.send_signal(signal.SIGTERM)
    assert first.wait(timeout=15) == 0
    assert not alive(pid)
    run = lab.run(pk)
    assert (run["status"], run["losses"], run["problem"]) == ("queued", 0, "")


def test_cancelled_from_the_web_while_a_worker_has_it(lab: Lab) -> None:
    lab.worker("first", stand_in="stubborn")
    pk = lab.start()
    [pid] = until(lambda: lab.starts(pk))
    lab.ask(f"cancel({pk})")
    until(lambda: not alive(pid), seconds=5)
    until(lambda: lab.status(pk) == "cancelled", seconds=2)


# ---- what else breaks ----------------------------------------------------------------------------


@pytest.mark.services
def test_a_broker_that_is_stopped_delays_a_run_and_loses_none(
    make_lab: Callable[..., Lab], port: int
) -> None:
    import shutil

    server = shutil.which("redis-server")
    if server is None:
        pytest.skip("no redis-server")
    lab = make_lab(SEMBLANCE_BROKER_URL=f"redis://127.0.0.1:{port}/0")
    command = [server, "--port", str(port), "--save", "", "--dir", str(lab.home)]
    broker = lab.spawn(*command)
    lab.worker("first")
    before = lab.start()
    until(lambda: lab.status(before) == "succeeded", what=lab)
    kill(broker)
    asked = time.monotonic()
    meanwhile = lab.start()
    assert time.monotonic() - asked < 5, "the page waited for the broker"
    assert lab.status(meanwhile) == "queued"
    lab.spawn(*command)
    until(lambda: lab.status(meanwhile) == "succeeded", seconds=40, what=lab)


def test_a_disk_that_is_full_while_storing_is_said_and_the_run_goes_on_later(
    make_lab: Callable[..., Lab], tmp_path: Path
) -> None:
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", small], check=False
    ).returncode:
        pytest.skip("no small disk can be made here (mount needs root)")
    try:
        lab = make_lab()
        (lab.home / "storage").symlink_to(small)
        (small / "ballast").write_bytes(b"x" * 1_900_000)
        lab.worker("first", stand_in="many")
        pk = lab.start()
        until(lambda: lab.status(pk) == "failed", what=lab)
        assert "The disk is full. Free some space and resume" in lab.run(pk)["problem"]
        (small / "ballast").unlink()
        subprocess.run(["mount", "-o", "remount,size=64m", small], check=True)
        lab.ask(f"resume({pk})")
        until(lambda: lab.status(pk) == "succeeded", what=lab)
    finally:
        lab.close()
        subprocess.run(["umount", "--lazy", small], check=True)
