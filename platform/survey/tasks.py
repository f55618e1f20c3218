"""Jobs of the survey: a message brings a row's id, a service does the rest."""

from __future__ import annotations

from runs.celery_app import app
from survey.services import analyses, plannings, validations
from survey.services.dry_runs import TASK


@app.task(name=TASK)
def dry_run_execute(dry_run_id: int) -> None:
    """Let the raters of a dry run go, if nobody else does; the row is the record."""
    from runs.tasks import at_work
    from survey.services.dry_running import dry_run_work

    with at_work() as stopping:
        if stopping is not None:
            dry_run_work(dry_run_id=dry_run_id, stopping=stopping)


@app.task(name=analyses.TASK)
def analysis_execute(analysis_id: int) -> None:
    from runs.tasks import at_work

    with at_work() as stopping:
        if stopping is not None:
            analyses.analysis_work(analysis_id=analysis_id, stopping=stopping)


@app.task(name=plannings.TASK)
def planning_execute(planning_id: int) -> None:
    from runs.tasks import at_work

    with at_work() as stopping:
        if stopping is not None:
            plannings.planning_work(planning_id=planning_id, stopping=stopping)


@app.task(name=validations.TASK)
def validation_execute(validation_id: int) -> None:
    from runs.tasks import at_work

    with at_work() as stopping:
        if stopping is not None:
            validations.validation_work(validation_id=validation_id, stopping=stopping)
