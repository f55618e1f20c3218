"""What a run that has ended means for reviews. The signal may come twice."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from review.models import Comparison, Correction, MaskVersion
from review.services import (
    comparison_settle,
    correction_settle,
    outlines_settle,
    review_from_run,
)
from runs.models import Run, Status
from runs.signals import run_ended


@receiver(run_ended)
def take_up(run: Run, **kwargs: Any) -> None:
    del kwargs
    if run.stage == "segment-predict" and run.status == Status.SUCCEEDED:
        review_from_run(run=run)
    elif run.stage == "edit-labels":
        for correction in Correction.objects.filter(run=run).select_related("run", "item"):
            correction_settle(correction=correction)
        for version in MaskVersion.objects.filter(files_run=run).select_related("files_run"):
            outlines_settle(version=version)
    elif run.stage == "compare-labels":
        for comparison in Comparison.objects.filter(run=run).select_related("run"):
            comparison_settle(comparison=comparison)
