"""What a run page says about a run, computed once for the template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from core.templatetags.quantities import roughly
from runs import stages
from runs.models import Run, Status
from runs.states import RESUMABLE

_NEXT = {
    Status.FAILED: "What was finished is kept. Resume it and it goes on there; "
    "where a parameter was wrong, clone it with changes.",
    Status.CANCELLED: "What was finished is kept; resume it and it goes on there.",
    Status.LOST: "What was finished is kept. It is taken up again by itself, else resume it.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    name: str
    state: str  # waiting, running, done
    seconds: float | None = None
    done: int | None = None
    total: int | None = None
    unit: str = ""
    seconds_left: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A run as its header shows it."""

    run: Run
    title: str
    waited_s: float | None
    took_s: float | None
    phases: list[Phase]
    what_next: str
    can_cancel: bool
    can_resume: bool
    label: str
    state: str  # what the badge shows: success with warnings is a state of its own
    by_hand: bool  # people start such a run by its form
    progress: str  # of what it is doing now, in words


def shown(run: Run) -> Shown:
    started, ended = run.started_at, run.ended_at
    begun = run.queued_at or run.created_at
    return Shown(
        run=run,
        title=stages.title_of(run.stage),
        waited_s=((started or ended or timezone.now()) - begun).total_seconds(),
        took_s=((ended or timezone.now()) - started).total_seconds() if started else None,
        phases=_phases(run),
        what_next=_NEXT.get(Status(run.status), ""),
        can_cancel=not run.is_final and run.cancel_requested_at is None,
        can_resume=run.status in RESUMABLE,
        label=_label(run),
        state="warnings" if run.status == Status.SUCCEEDED and run.warnings else run.status,
        by_hand=run.stage in stages.INFO,
        progress=_progress(run),
    )


def _label(run: Run) -> str:
    if run.status == Status.SUCCEEDED and run.warnings:
        return "Succeeded, with warnings"
    if run.cancel_requested_at is not None and not run.is_final:
        return "Being cancelled"
    return run.get_status_display()


def _progress(run: Run) -> str:
    if run.status != Status.RUNNING or not run.phases:
        return ""
    phase = run.phases[-1]
    done, total, left = phase.get("done"), phase.get("total"), phase.get("seconds_left")
    if not total or done is None:
        return ""
    said = f"{100 * done / total:.0f} % of {phase.get('name', 'its work')}"
    return said if left is None else f"{said}, {roughly(left)} left"


def _phases(run: Run) -> list[Phase]:
    """Queued, what the stage says of itself, storing."""
    not_yet = run.status in {Status.QUEUED, Status.WAITING}
    name = "Waiting for its inputs" if run.status == Status.WAITING else "Queued"
    until = run.started_at or run.ended_at or timezone.now()
    seconds = (until - (run.queued_at or run.created_at)).total_seconds()
    found = [Phase(name=name, state="running" if not_yet else "done", seconds=seconds)]
    starting = run.status == Status.RUNNING and not run.phases
    if starting:
        found.append(Phase(name="Starting", state="running"))
    found += [_phase(one, live=run.status == Status.RUNNING) for one in run.phases]
    if run.status == Status.STORING:
        found.append(Phase(name="Storing results", state="running"))
    elif run.status == Status.SUCCEEDED:
        found.append(Phase(name="Results stored", state="done"))
    return found


def _phase(one: dict[str, Any], *, live: bool) -> Phase:
    started, ended = _time(one.get("started_at")), _time(one.get("ended_at"))
    running = live and ended is None
    seconds = ((ended or timezone.now()) - started).total_seconds() if started else None
    return Phase(
        name=str(one.get("name", "")).capitalize(),
        state="running" if running else "done",
        seconds=seconds if ended or running else None,
        done=one.get("done"),
        total=one.get("total"),
        unit=str(one.get("unit", "")),
        seconds_left=one.get("seconds_left") if running else None,
    )


def _time(text: Any) -> Any:
    return parse_datetime(text) if isinstance(text, str) else None
