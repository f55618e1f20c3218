"""Jobs of the survey: a message brings a row's id, a service does the rest."""

from __future__ import annotations

import threading
from collections.abc import Callable

from runs.celery_app import app
from survey.services import analyses, bundles, dry_runs, plannings, validations


def _at_work(work: Callable[[threading.Event], None]) -> None:
    """Do it unless this worker stops; then the row is still queued, and another one finds it."""
    from runs.tasks import at_work

    with at_work() as stopping:
        if stopping is not None:
            work(stopping)


@app.task(name=dry_runs.TASK)
def dry_run_execute(dry_run_id: int) -> None:
    from survey.services.dry_running import dry_run_work  # brings its raters along

    _at_work(lambda stopping: dry_run_work(dry_run_id=dry_run_id, stopping=stopping))


@app.task(name=analyses.TASK)
def analysis_execute(analysis_id: int) -> None:
    _at_work(lambda stopping: analyses.analysis_work(analysis_id=analysis_id, stopping=stopping))


@app.task(name=bundles.TASK)
def bundle_execute(bundle_id: int) -> None:
    _at_work(lambda stopping: bundles.bundle_work(bundle_id=bundle_id, stopping=stopping))


@app.task(name=plannings.TASK)
def planning_execute(planning_id: int) -> None:
    _at_work(lambda stopping: plannings.planning_work(planning_id=planning_id, stopping=stopping))


@app.task(name=validations.TASK)
def validation_execute(validation_id: int) -> None:
    _at_work(
        lambda stopping: validations.validation_work(validation_id=validation_id, stopping=stopping)
    )
