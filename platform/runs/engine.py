"""Works on one run: claim, fetch, stage, store. The only bridge from the web to the pipeline."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable
from pathlib import Path

from django.db import DatabaseError
from django.utils import timezone
from filelock import FileLock, Timeout

from core.full_disk import DISK_FULL
from runs import ending, states, storing, workspace
from runs.errors import RunRefused
from runs.lease import CancelRequested, Interrupted, Lease, LeaseLost, WorkerStops, claim
from runs.models import Run, Status
from runs.publishing import publish_if_queued
from runs.recorder import Recorder
from runs.stage import Stage

logger = logging.getLogger(__name__)

TICK_S = 0.25
# An earlier stage of the same run, whose worker was killed, tidies up for some seconds.
_OUT_FREE_S = 15.0


class StageBroke(Exception):
    """The stage did not end well; the message is for people."""


def execute(
    run_id: int,
    *,
    worker: str,
    stops: Callable[[], bool] = lambda: False,
    own_thread: bool = True,
) -> Run | None:
    """Work on a queued run to its end; None where somebody else has it.

    `stops` tells that this worker shuts down. Without `own_thread` the lease is renewed between
    the steps only, in the caller's database connection.
    """
    run = claim(run_id, worker)
    if run is None:
        logger.info("run %s: queued no more, or taken by another worker", run_id)
        return None
    logger.info("run %s: %s, attempt %s", run.pk, run.stage, run.attempts)
    lease = Lease(run, stops=stops)
    with lease.kept_by_thread() if own_thread else contextlib.nullcontext():
        final = _worked(run, lease)
    logger.info("run %s: %s", run.pk, run.status)
    if final:
        ending.announce(run)
    return run


def _worked(run: Run, lease: Lease) -> bool:
    """Do the work and settle the status; False if the run is not ours any more, or goes on."""
    recorder = Recorder(run)
    try:
        _work(run, lease, recorder)
        return True
    except LeaseLost:
        logger.warning("run %s: the lease was lost; another worker has it", run.pk)
        return False
    except WorkerStops:
        _settled(run, Status.QUEUED, lease, queued_at=timezone.now(), published_at=None, worker="")
        publish_if_queued(run)
        return False
    except CancelRequested:
        return _settled(run, Status.CANCELLED, lease, problem="Cancelled; what it made is kept.")
    except (StageBroke, storing.ResultUnusable, RunRefused) as error:
        return _settled(run, Status.FAILED, lease, problem=str(error))
    except OSError as error:
        return _settled(run, Status.FAILED, lease, problem=_disk_problem(error, run))
    except Exception:
        logger.exception("run %s: broke down", run.pk)
        said = (
            "Semblance itself broke down on this run; its log has the details. Resume it to retry."
        )
        return _settled(run, Status.FAILED, lease, problem=said)


def _work(run: Run, lease: Lease, recorder: Recorder) -> None:
    if run.attempts == 1:
        workspace.empty(run)  # a folder of that number can only be another database's
    else:
        recorder.note("info", f"Taken up again by {run.worker}, attempt {run.attempts}.")
    spec = workspace.prepare(run, beat=lease.beat)
    out = workspace.out_folder(run)
    _wait_for(out, lease)
    stage = Stage(spec=spec, out=out, root=workspace.root(), log=workspace.stage_log(run))
    try:
        for line in stage.lines(tick_s=TICK_S):
            if line is not None:
                recorder.take(line)
            lease.beat()
            recorder.flush_if_due()
        while (code := stage.wait(timeout_s=TICK_S)) is None:
            lease.beat()
    finally:
        ended_by_us = stage.end()
        recorder.end_phases()
        _flush_whatever_happens(recorder)
    if code:
        logger.info("run %s: exit code %s", run.pk, ended_by_us)
        raise StageBroke(recorder.error or _exit_problem(code, run, recorder))
    if not states.move(run, Status.STORING, only_if=lease.mine):
        raise LeaseLost
    storing.store(run, lease=lease, notes=_notes(recorder))


def _wait_for(out: Path, lease: Lease) -> None:
    """Wait until an earlier stage of this run has let go of its folder."""
    if not out.is_dir():
        return
    end = time.monotonic() + _OUT_FREE_S
    while True:
        try:
            with FileLock(out / ".lock", timeout=0):
                return
        except Timeout:
            if time.monotonic() > end:
                raise StageBroke(
                    "An earlier stage of this run still writes to its folder; end it, then resume."
                ) from None
        lease.beat()
        time.sleep(TICK_S)


def _settled(run: Run, status: Status, lease: Lease, **changes: object) -> bool:
    if status in states.FINAL:
        changes["ended_at"] = timezone.now()
    try:
        return states.move(run, status, only_if=lease.mine, lease_until=None, **changes)
    except DatabaseError:
        # The sweeper finds the run by its lease and has it taken up again.
        logger.exception("run %s: its end could not be written", run.pk)
        return False


def _flush_whatever_happens(recorder: Recorder) -> None:
    """Store the last events; a full disk here must not hide why the stage ended."""
    try:
        recorder.flush()
    except (OSError, DatabaseError):
        logger.exception("run %s: its last events could not be stored", recorder.run.pk)


def _exit_problem(code: int, run: Run, recorder: Recorder) -> str:
    for line in workspace.last_words(run):
        recorder.note("error", line)
    _flush_whatever_happens(recorder)
    if code == -9:
        return (
            "The stage was killed, perhaps because the memory was full. "
            "Resume it, or ask for less at a time."
        )
    how = f"signal {-code}" if code < 0 else f"exit code {code}"
    return f"The stage broke down without a word ({how}); its log has the details."


def _disk_problem(error: OSError, run: Run) -> str:
    if error.errno in DISK_FULL:
        return (
            "The disk is full. Free some space and resume the run; "
            "what it finished is kept and not done again."
        )
    logger.error("run %s: %s", run.pk, error)
    return f"A file could not be read or written ({error.strerror or error}). Resume it to retry."


def _notes(recorder: Recorder) -> tuple[str, ...]:
    if not recorder.unread:
        return ()
    return (f"{recorder.unread} lines of the stage could not be read; its result is whole.",)


__all__ = ["Interrupted", "execute"]
