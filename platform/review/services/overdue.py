"""When a page does itself what the end of a run should have done."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from runs.models import Run

PATIENCE = timedelta(seconds=5)


def is_overdue(run: Run | None) -> bool:
    """Whether a run has ended, or is gone, and nobody took its results up in time.

    `review.receivers` does so in the process that worked on the run. A page that did it at the same
    moment would do it twice, so it only steps in when that process was lost in between.
    """
    if run is None:
        return True
    return run.is_final and (run.ended_at is None or timezone.now() - run.ended_at > PATIENCE)
