"""Dry runs: begun and stopped by the organiser, queued, claimed by one worker, swept, forgotten."""

from __future__ import annotations

import secrets
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from core.audit import noted
from runs.models import Queue
from runs.publishing import send
from survey.checks import opening_checks
from survey.errors import StudyRefused
from survey.models import DryRun, State, Study, Use

SALT = "survey.dry-run"  # of the raters' tokens
TASK = "survey.tasks.dry_run_execute"
RATERS = {"random": 4, "biased": 4, "skilled": 4, "constant": 1, "fast": 1}
MOST_RATERS = 60
PACE = 0.1  # people's seconds are waited for so long; what the answers tell is people's time
_MOST_ATTEMPTS = 3


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
            transaction.on_commit(partial(_publish, dry_run.pk))
    return dry_run


def dry_run_stop(*, dry_run: DryRun, by: User) -> None:
    if _end(dry_run.pk, DryRun.State.STOPPED, problem="Stopped by the organiser."):
        noted(actor=by, action="study.dry-run-stopped", subject=dry_run.study)


def dry_run_forget(*, dry_run: DryRun, by: User) -> None:
    """Delete a dry run with all that its raters left."""
    with transaction.atomic():
        noted(actor=by, action="study.dry-run-deleted", subject=dry_run.study)
        dry_run.delete()


def dry_run_claim(*, dry_run_id: int) -> DryRun | None:
    """Take a queued dry run; of two who try, one gets it. What an earlier try left goes."""
    now = timezone.now()
    rows = DryRun.objects.filter(pk=dry_run_id, state=DryRun.State.QUEUED, study__state=State.DRAFT)
    if not rows.update(
        state=DryRun.State.RUNNING, attempts=F("attempts") + 1, seen_at=now, done=0, problem=""
    ):
        return None
    dry_run = DryRun.objects.select_related("study").get(pk=dry_run_id)
    dry_run.sessions.all().delete()
    return dry_run


def dry_run_seen(*, dry_run: DryRun, **values: Any) -> bool:
    """Tell that its raters are on their way; False: it was stopped, or is another worker's."""
    return bool(_mine(dry_run).update(seen_at=timezone.now(), **values))


def dry_run_done(*, dry_run: DryRun, report: dict[str, Any], problem: str = "") -> None:
    state = DryRun.State.FAILED if problem else DryRun.State.DONE
    _mine(dry_run).update(
        state=state, report=report, problem=problem[:500], ended_at=timezone.now()
    )


def dry_run_hand_back(*, dry_run: DryRun) -> None:
    """Its worker stops: another one, or the next start, begins it anew."""
    _mine(dry_run).update(state=DryRun.State.QUEUED, published_at=None, done=0)


def dry_runs_sweep(*, queues: tuple[str, ...], idle: bool) -> None:
    """Put back what fell silent; tell the workers of the longest-waiting again."""
    now = timezone.now()
    silent = DryRun.objects.filter(
        state=DryRun.State.RUNNING, seen_at__lt=now - timedelta(seconds=settings.SEMBLANCE_LEASE_S)
    )
    silent.filter(attempts__gte=_MOST_ATTEMPTS).update(
        state=DryRun.State.FAILED, ended_at=now, problem="Its worker fell silent several times."
    )
    silent.update(state=DryRun.State.QUEUED, published_at=None)
    if not idle or Queue.INTERACTIVE not in queues:
        return
    before = now - timedelta(seconds=settings.SEMBLANCE_SWEEP_S)
    unheard = Q(published_at=None) | Q(published_at__lt=before)
    waiting = DryRun.objects.filter(unheard, state=DryRun.State.QUEUED, created_at__lt=before)
    first = waiting.order_by("pk").values_list("pk", flat=True).first()
    if first is not None:
        _publish(first)


def _publish(pk: int) -> None:
    if send(TASK, pk, queue=Queue.INTERACTIVE):
        DryRun.objects.filter(pk=pk).update(published_at=timezone.now())


def _mine(dry_run: DryRun) -> Any:
    """The row, as long as it runs and nobody else took it over."""
    return DryRun.objects.filter(
        pk=dry_run.pk, state=DryRun.State.RUNNING, attempts=dry_run.attempts
    )


def _end(pk: int, state: str, **values: Any) -> int:
    rows = DryRun.objects.filter(pk=pk, state__in=DryRun.ACTIVE)
    return rows.update(state=state, ended_at=timezone.now(), **values)
