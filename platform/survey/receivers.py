"""What the survey does when a run ends."""

from __future__ import annotations

from typing import Any

from runs.models import Run
from runs.signals import run_ended
from survey.services.stimuli import stimuli_take


def connect() -> None:
    run_ended.connect(take_stimuli, dispatch_uid="survey-stimuli")


def take_stimuli(*, run: Run, **_: Any) -> None:
    stimuli_take(run=run)
