"""Dry runs: begun and stopped by the organiser, queued, claimed by one worker, swept, forgotten."""

from __future__ import annotations

import secrets

from django.db import transaction

from accounts.models import User
from core.audit import noted
from survey.checks import opening_checks
from survey.errors import StudyRefused
from survey.models import DryRun, State, Study, Use
from survey.services.jobs import Jobs

SALT = "survey.dry-run"  # of the raters' tokens
TASK = "survey.tasks.dry_run_execute"
JOBS = Jobs(DryRun, TASK)
RATERS = {"random": 4, "biased": 4, "skilled": 4, "constant": 1, "fast": 1}
MOST_RATERS = 60
PACE = 0.1  # people's seconds are waited for so long; what the answers tell is people's time


def dry_run_start(
    *,
    study: Study,
    by: User | None,
    address: str,
    raters: dict[str, int] | None = None,
    seed: int | None = None,
    pace: float = PACE,
    publish: bool = True,
) -> DryRun:
    """Send simulated raters through the study at `address`, as soon as a worker is free."""
    wanted = {name: count for name, count in (raters or RATERS).items() if count}
    if set(wanted) - set(RATERS) or min(wanted.values(), default=0) < 0:
        raise StudyRefused("There are no such simulated raters.", field="raters")
    if not 1 <= sum(wanted.values()) <= MOST_RATERS:
        raise StudyRefused(f"Let 1 to {MOST_RATERS} simulated raters in.", field="raters")
    with transaction.atomic():
        locked = Study.objects.select_for_update().get(pk=study.pk)
        if locked.state != State.DRAFT or locked.use != Use.STUDY:
            raise StudyRefused("Only a draft of a study is taken by simulated raters.")
        if not opening_checks(study=locked).prepared:
            raise StudyRefused("There is nothing to rate yet: prepare the images first.")
        if locked.dry_runs.filter(state__in=DryRun.ACTIVE).exists():
            raise StudyRefused("A dry run is on its way already; stop it, or wait for its end.")
        dry_run: DryRun = DryRun.objects.create(
            study=locked,
            by=by,
            plan={
                "raters": wanted,
                "seed": secrets.randbelow(2**31) if seed is None else seed,
                "address": address,
                "pace": pace,
            },
        )
        noted(actor=by, action="study.dry-run", subject=study, raters=sum(wanted.values()))
        if publish:
            JOBS.queue(dry_run)
    return dry_run


def dry_run_stop(*, dry_run: DryRun, by: User) -> None:
    if JOBS.stop(dry_run, problem="Stopped by the organiser."):
        noted(actor=by, action="study.dry-run-stopped", subject=dry_run.study)


def dry_run_forget(*, dry_run: DryRun, by: User) -> None:
    """Delete a dry run with all that its raters left."""
    with transaction.atomic():
        noted(actor=by, action="study.dry-run-deleted", subject=dry_run.study)
        dry_run.delete()


def dry_run_claim(*, dry_run_id: int) -> DryRun | None:
    """Take a queued dry run of a draft. What an earlier try left goes."""
    dry_run = JOBS.claim(dry_run_id, study__state=State.DRAFT)
    if dry_run is not None:
        dry_run.sessions.all().delete()
    return dry_run
