"""Validating this installation: every oracle of the statistics, recomputed here and now."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.models import User
from survey.models import Validation
from survey.services.jobs import Jobs
from survey.services.working import Watch, work_on
from survey.statistics.stopping import Stopped

TASK = "survey.tasks.validation_execute"
JOBS = Jobs(Validation, TASK)
KEPT = 20  # of an installation
LIBRARIES = ("numpy", "scipy", "statsmodels", "krippendorff", "choix")
STEPS = 38  # checks of the oracles with both data files; only for the progress


def data_folder() -> Path:
    """Where the published data files are looked for, which are not part of this program."""
    return Path(settings.SEMBLANCE_HOME) / "reference"


def validation_start(*, by: User) -> Validation:
    """Queue a validation; one that is on its way already, whosever it is, is given back."""
    with transaction.atomic():
        waiting = Validation.objects.filter(state__in=Validation.ACTIVE).first()
        if waiting is not None:
            return waiting
        made = Validation.objects.create(by=by)
        # The latest that is done stays, whatever was stopped after it.
        if (done := Validation.objects.filter(state=Validation.State.DONE).last()) is not None:
            JOBS.keep_newest(KEPT, pk__lt=done.pk)
        JOBS.queue(made)
    return made


def validation_stop(*, validation: Validation) -> None:
    """Stop one that waits or is at work; the results of the one before stay."""
    JOBS.stop(validation)


def validation_work(
    *, validation_id: int, stopping: threading.Event | None = None, own_thread: bool = True
) -> None:
    """Do a queued validation; called by a worker."""
    work_on(JOBS, validation_id, _validated, stopping=stopping, own_thread=own_thread)


def validated(
    *, data: Path, runs: int | None = None, should_stop: Callable[[], bool] = lambda: False
) -> dict[str, Any]:
    """Recompute, and give what a `Validation` keeps."""
    # Loaded by workers and from the shell only: the web is up before SciPy is.
    from survey.statistics.oracles import validate
    from survey.statistics.portable import to_json
    from survey.statistics.threads import one_thread

    with one_thread():
        checks = validate(data=data, runs=runs, should_stop=should_stop)
    return {"checks": to_json(checks), "versions": _versions()}


def _validated(validation: Validation, watch: Watch[Validation]) -> dict[str, Any]:
    done = 0

    def look() -> bool:
        nonlocal done
        done += 1
        watch.report(min(done, STEPS), STEPS, "Checks")
        return watch.should_stop()

    result = validated(data=data_folder(), should_stop=look)
    if watch.should_stop():
        raise Stopped  # what was found so far is not all
    return {"result": result}


def _versions() -> dict[str, str]:
    found = {"Python": ".".join(str(part) for part in sys.version_info[:3])}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
