"""What the survey does when a run ends, and when a worker looks round."""

from __future__ import annotations

from typing import Any

from runs.models import Run
from runs.signals import run_ended, swept
from survey.services import analyses, bundles, dry_runs, games, plannings, validations
from survey.services.preparing import stimuli_take


def connect() -> None:
    run_ended.connect(take_stimuli, dispatch_uid="survey-stimuli")
    swept.connect(sweep, dispatch_uid="survey-jobs")


def take_stimuli(*, run: Run, **_: Any) -> None:
    stimuli_take(run=run)


def sweep(*, queues: tuple[str, ...], idle: bool, **_: Any) -> None:
    for kind in (dry_runs, analyses, bundles, plannings, validations):
        kind.JOBS.sweep(queues=queues, idle=idle)
    games.games_forget()
