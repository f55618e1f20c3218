"""What the survey does when a run ends, and when a worker looks round."""

from __future__ import annotations

from typing import Any

from runs.models import Run
from runs.signals import run_ended, swept
from survey.services import analyses, plannings, validations
from survey.services.dry_runs import dry_runs_sweep
from survey.services.preparing import stimuli_take


def connect() -> None:
    run_ended.connect(take_stimuli, dispatch_uid="survey-stimuli")
    swept.connect(sweep, dispatch_uid="survey-dry-runs")


def take_stimuli(*, run: Run, **_: Any) -> None:
    stimuli_take(run=run)


def sweep(*, queues: tuple[str, ...], idle: bool, **_: Any) -> None:
    dry_runs_sweep(queues=queues, idle=idle)
    analyses.JOBS.sweep(queues=queues, idle=idle)
    plannings.JOBS.sweep(queues=queues, idle=idle)
    validations.JOBS.sweep(queues=queues, idle=idle)
