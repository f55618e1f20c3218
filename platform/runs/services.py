"""Starting, cancelling and resuming runs. The row is written first; its message follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.audit import noted
from runs import dependents, fairness, routing, states
from runs.errors import RunRefused
from runs.inputs import (
    InputRef,
    StepRef,
    check_input,
    input_refs,
    input_row,
    ordered,
    resolved,
)
from runs.models import Launch, Run, RunInput, Status
from runs.publishing import publish_if_queued
from runs.specs import checked_spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One run of a launch."""

    key: str
    stage: str
    spec: Mapping[str, Any] | None = None
    inputs: Sequence[InputRef | StepRef] = ()
    name: str = ""
    device: str = "auto"


def run_start(
    *,
    owner: User,
    stage: str,
    spec: Mapping[str, Any] | None = None,
    inputs: Iterable[InputRef] = (),
    name: str = "",
    launch: Launch | None = None,
    device: str = "auto",
    queue: str | None = None,
    seed: int | None = None,
    visibility: str = "private",
    cloned_from: Run | None = None,
) -> Run:
    """Start a run; it waits until all runs that it reads from have succeeded.

    Raises RunRefused, which names the field of the spec, or the input, that is wrong.
    """
    asked = dict(spec or {})
    if seed is not None:
        asked["seed"] = seed
    if device != "auto":
        asked["device"] = "cuda:0" if device == "cuda" else device
    given = ordered(inputs)
    checked = checked_spec(stage, asked, [one.field for one in given])
    for one in given:
        check_input(one, owner)
    if stage == fairness.EVALUATE:
        fairness.refuse_trained(given)
    with transaction.atomic():
        rows = [input_row(one) for one in given]
        if checked["device"].startswith("cuda"):
            routing.require_gpu(stage, spec=checked, inputs=rows)
        run = Run.objects.create(
            owner=owner,
            visibility=visibility,
            name=name.strip()[:120] or stage.replace("-", " ").capitalize(),
            launch=launch,
            cloned_from=cloned_from,
            stage=stage,
            spec=checked,
            seed=checked["seed"],
            device=checked["device"],
            queue=queue or routing.queue_for(stage, checked["device"], rows),
            status=Status.WAITING,
        )
        for row in rows:
            row.run = run
        RunInput.objects.bulk_create(rows)
        noted(actor=owner, action="run.started", subject=run, stage=stage)
        _queue_if_ready(run)
    return run


def launch_start(
    *,
    owner: User,
    name: str,
    preset: str = "",
    steps: Sequence[Step],
    visibility: str = "private",
    seed: int | None = None,
) -> Launch:
    """Start several runs as one: all of them, or none where one is refused.

    A refusal's field is the step's key, a dot, and the field.
    """
    made: dict[str, Run] = {}
    with transaction.atomic():
        launch = Launch.objects.create(
            owner=owner, name=name.strip()[:120], preset=preset, visibility=visibility
        )
        for step in steps:
            try:
                made[step.key] = run_start(
                    owner=owner,
                    stage=step.stage,
                    spec=step.spec,
                    inputs=[resolved(one, made) for one in step.inputs],
                    name=step.name,
                    launch=launch,
                    device=step.device,
                    seed=seed,
                    visibility=visibility,
                )
            except RunRefused as error:
                raise RunRefused(f"{step.key}.{error.field}", error.reason) from None
    return launch


def run_cancel(*, run: Run, by: User) -> None:
    """Cancel a run: at once if nobody works on it, else its worker ends the stage in seconds."""
    now = timezone.now()
    idle = {"status__in": [Status.WAITING, Status.QUEUED, Status.LOST]}
    with transaction.atomic():
        if states.move(
            run,
            Status.CANCELLED,
            only_if=idle,
            cancel_requested_at=now,
            ended_at=now,
            problem=f"Cancelled by {by}.",
        ):
            dependents.block(run)
        elif not _cancel_requested(run):
            raise RunRefused("status", f"It is {run.get_status_display().lower()} already.")
        noted(actor=by, action="run.cancelled", subject=run)


def launch_cancel(*, launch: Launch, by: User) -> None:
    """Cancel all runs of a launch that have not ended; those nobody works on come first."""
    for run in launch.runs.exclude(status__in=states.FINAL).order_by("-pk"):
        try:
            run_cancel(run=run, by=by)
        except RunRefused:
            continue  # it ended in the meantime


def run_resume(*, run: Run, by: User) -> None:
    """Take up a lost, failed or cancelled run where it stopped, in the same folder.

    Runs that could not start because of it wait for it again.
    """
    if run.device.startswith("cuda"):
        rows = list(run.inputs.select_related("version", "file_set", "source_run"))
        routing.require_gpu(run.stage, spec=run.spec, inputs=rows)
    with transaction.atomic():
        resumed = states.move(
            run,
            Status.WAITING,
            cancel_requested_at=None,
            ended_at=None,
            announced_at=None,
            lease_until=None,
            blocked_by=None,
            worker="",
            losses=0,
            problem="",
        )
        if not resumed:
            state = run.get_status_display().lower()
            raise RunRefused("status", f"It is {state}; there is nothing to resume.")
        noted(actor=by, action="run.resumed", subject=run)
        dependents.unblock(run)
        _queue_if_ready(run)


def run_retry(*, run: Run, by: User) -> Run:
    """Start the same again as a run of its own, in an empty folder."""
    return run_clone(run=run, by=by)


def run_clone(
    *,
    run: Run,
    by: User,
    changes: Mapping[str, Any] | None = None,
    inputs: Iterable[InputRef] | None = None,
    name: str = "",
) -> Run:
    """Start a run like `run`, with another spec or other inputs where they are given."""
    return run_start(
        owner=by,
        stage=run.stage,
        spec={**run.spec, **(changes or {})},
        inputs=input_refs(run) if inputs is None else inputs,
        name=name or run.name,
        visibility=run.visibility if run.owner_id == by.pk else "private",
        cloned_from=run,
    )


def _cancel_requested(run: Run) -> bool:
    """Ask the worker that has the run to end it."""
    rows = Run.objects.filter(pk=run.pk, status__in=states.ACTIVE)
    asked = rows.update(cancel_requested_at=timezone.now()) == 1
    run.refresh_from_db()
    return asked


def _queue_if_ready(run: Run) -> None:
    dependents.settle(run)
    publish_if_queued(run)


__all__ = [
    "InputRef",
    "Step",
    "StepRef",
    "input_refs",
    "launch_cancel",
    "launch_start",
    "run_cancel",
    "run_clone",
    "run_resume",
    "run_retry",
    "run_start",
]
