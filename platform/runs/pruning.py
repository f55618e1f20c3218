"""Empties the work folder of what the storage holds, or of what nobody resumed for long.

    of a run that succeeded   its folder, an hour after it was last read: it is fetched again
    of one that ended badly   its folder, with the checkpoints to resume from, after
                              SEMBLANCE_WORK_DAYS
    inputs                    an hour after a run last asked for them
    of an unknown run         (deleted, or another database's) after SEMBLANCE_WORK_DAYS

Nothing goes that a run in progress has asked for. A folder is first renamed under its lock, so that
nobody finds half of it.
"""

from __future__ import annotations

import logging
import shutil
import time
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Min
from django.utils import timezone
from filelock import FileLock, Timeout

from runs import states, workspace
from runs.models import FINAL, Run, Status

logger = logging.getLogger(__name__)

UNUSED = timedelta(hours=1)
_GONE = ".gone-"
_AT_ONCE = 200


def work_sweep(*, seconds: float = 2.0) -> int:
    """Delete folders of this machine for some seconds; return how many went."""
    root, end, gone = workspace.root(), time.monotonic() + seconds, 0
    for left in root.glob(f"*/{_GONE}*"):  # by a process that was killed
        shutil.rmtree(left, ignore_errors=True)
    unread = _unread_since()
    for folder in [*_runs_to_go(unread), *_inputs_to_go(unread)]:
        if time.monotonic() > end:
            break
        gone += _deleted(folder, unread)
    return gone


def _unread_since() -> datetime:
    """What was last read before this is read by no run in progress."""
    active = Run.objects.filter(status__in=states.ACTIVE)
    first: datetime | None = active.aggregate(first=Min("started_at"))["first"]
    least = timezone.now() - UNUSED
    return min(least, first - timedelta(minutes=1)) if first else least


def _runs_to_go(unread: datetime) -> Iterator[Path]:
    folders = workspace.root() / "runs"
    if not folders.is_dir():
        return
    named = [path for path in folders.iterdir() if path.name.isdecimal() and len(path.name) < 19]
    forgotten = timezone.now() - timedelta(days=settings.SEMBLANCE_WORK_DAYS)
    for first in range(0, len(named), _AT_ONCE):
        some = named[first : first + _AT_ONCE]
        pks = [int(path.name) for path in some]
        rows = Run.objects.filter(pk__in=pks).values_list("pk", "status", "ended_at")
        found = {pk: (status, ended_at) for pk, status, ended_at in rows}
        for path in some:
            status, ended_at = found.get(int(path.name), (None, None))
            if status == Status.SUCCEEDED:
                if ended_at and ended_at < unread and workspace.last_used(path) < unread:
                    yield path
            elif (status in FINAL and ended_at and ended_at < forgotten) or (
                status is None and workspace.last_used(path) < forgotten
            ):
                yield path


def _inputs_to_go(unread: datetime) -> Iterator[Path]:
    folders = workspace.root() / "inputs"
    for path in folders.iterdir() if folders.is_dir() else ():
        if path.name.startswith(".") or not path.is_dir():
            continue
        if workspace.last_used(path) < unread:
            yield path


def _deleted(folder: Path, unread: datetime) -> bool:
    aside = folder.with_name(f"{_GONE}{folder.name}-{uuid.uuid4().hex[:8]}")
    try:
        with FileLock(workspace.lock_of(folder.with_suffix("")), timeout=0):
            if workspace.last_used(folder) >= unread:
                return False  # somebody asked for it meanwhile
            folder.rename(aside)
    except (Timeout, FileNotFoundError):
        return False
    except OSError as error:
        logger.warning("%s cannot be deleted (%s)", folder, error.strerror)
        return False
    shutil.rmtree(aside, ignore_errors=True)
    return True
