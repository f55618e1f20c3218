"""A run that has ended may let a tour go on. The signal may come twice."""

from __future__ import annotations

from typing import Any

from runs.models import Run
from runs.signals import run_ended
from tour.services import tours_advance


def connect() -> None:
    # The last app to hear of it: datasets, studies and reviews are made by then.
    run_ended.connect(go_on, dispatch_uid="tour")


def go_on(*, run: Run, **_: Any) -> None:
    tours_advance(owner=run.owner)
