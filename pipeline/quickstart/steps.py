"""Runs one step of the quickstart as a process of its own and passes its events on."""

from __future__ import annotations

import time

from pipeline import children, contracts, files
from pipeline.contracts import Finished, Log, Metric, Progress, Sample, StageResult
from pipeline.errors import StageFailed
from pipeline.quickstart.plan import Step
from pipeline.runner import StageContext, read_result


def run_step(step: Step, context: StageContext, *, position: str) -> tuple[StageResult, float]:
    """Run a step into ``OUT/<folder>``; return its result and its wall time in seconds.

    A step that has already ended is not run again.

    Raises
    ------
    StageFailed
        With the step's own last error.
    """
    out = context.out / step.folder
    spec = files.write_text(
        context.out / "steps" / f"{step.folder}.json", contracts.spec_to_json(step.spec)
    )
    stderr = spec.with_suffix(".log")
    errors: list[str] = []

    def pass_on(line: str) -> None:
        event = contracts.event_from_json(line)
        if isinstance(event, Log) and event.level == "error":
            errors.append(event.message)
        else:
            _tell(event, step, context, position)

    started = time.monotonic()
    with children.child(["pipeline", "run", str(spec), str(out)], stderr=stderr) as process:
        code = children.each_line(process, pass_on)
    if code:
        reason = errors[-1] if errors else children.last_lines(stderr) or f"exit code {code}"
        raise StageFailed(f"{step.title}: {reason}")
    return read_result(out), time.monotonic() - started


def _tell(event: contracts.Event, step: Step, context: StageContext, position: str) -> None:
    """Pass an event on in the quickstart's own terms: its phases, its folder."""
    if isinstance(event, Progress):
        context.emit(
            Progress(
                done=event.done,
                total=event.total,
                unit=event.unit,
                phase=f"{position} {step.title}: {event.phase}",
                seconds_left=event.seconds_left,
            )
        )
    elif isinstance(event, Metric):
        context.metric(f"{step.folder}/{event.name}", event.value, step=event.step)
    elif isinstance(event, Sample):
        context.sample(context.out / step.folder / event.path, event.caption, step=event.step)
    elif not isinstance(event, Finished):
        context.emit(event)
