"""How long runs take: from those that were done here, else from two processor cores."""

from __future__ import annotations

import statistics
from collections.abc import Iterable

from runs.models import Run, Status
from runs.presets import Plan
from runs.stages import GAN_GENERATE, GAN_TRAIN, NETWORK_TRAIN, PREDICT, RENDER, SIMULATE

# Seconds for one scene, step or image of usual size.
_SECONDS = {
    SIMULATE: 5.0,
    RENDER: 0.4,
    GAN_TRAIN: 0.27,
    GAN_GENERATE: 1.0,
    NETWORK_TRAIN: 0.6,
    PREDICT: 4.0,
}
_START_S = 5.0  # what every stage takes, however little there is to do
_PAST_RUNS = 10
# Of a shorter run the start is most of it, and says nothing of a longer one.
_LEAST = {SIMULATE: 3, GAN_TRAIN: 100, NETWORK_TRAIN: 50}


def seconds_of(stage: str, amount: float) -> float:
    """Guess how long a stage takes over so many scenes, steps or images."""
    return _START_S + amount * _seconds_for_one(stage)


def plan_seconds(plan: Plan, *, images: int = 0) -> float:
    """Guess how long a whole pipeline takes; `images` are those that it segments."""
    amounts = {
        SIMULATE: plan.scenes,
        GAN_TRAIN: plan.gan_steps,
        GAN_GENERATE if plan.gan_steps else RENDER: plan.scenes * plan.variants,
        NETWORK_TRAIN: plan.network_steps,
        PREDICT: images,
    }
    return sum(seconds_of(stage, amount) for stage, amount in amounts.items() if amount)


def seconds_left(runs: Iterable[Run]) -> float | None:
    """Guess how long the unfinished ones of a launch take, one after the other."""
    found = [_left(run) for run in runs if not run.is_final]
    return sum(found) if found else None


def _left(run: Run) -> float:
    told = next((one.get("seconds_left") for one in run.phases[::-1]), None)
    if run.status == Status.RUNNING and told is not None:
        return float(told)
    if run.status in {Status.RUNNING, Status.STORING}:
        return _START_S
    return seconds_of(run.stage, _amount(run))


def _amount(run: Run) -> float:
    """Scenes, steps or images that a run will work on, as far as its rows say."""
    if run.stage == SIMULATE:
        return float(run.spec.get("scenes", 0))
    if run.stage in {GAN_TRAIN, NETWORK_TRAIN}:
        return float(run.spec.get("steps", 0))
    if run.stage in {RENDER, GAN_GENERATE}:
        scenes = Run.objects.filter(consumers__run=run, consumers__field="scenes").first()
        count = scenes.spec.get("scenes", 0) if scenes else 0
        return float(count * run.spec.get("variants", 1))
    read = run.inputs.filter(version__isnull=False).select_related("version").first()
    return float(read.version.image_count) if read and read.version else 0.0


def _seconds_for_one(stage: str) -> float:
    past = (
        Run.objects.filter(stage=stage, status=Status.SUCCEEDED)
        .filter(started_at__isnull=False, ended_at__isnull=False)
        .order_by("-pk")[:_PAST_RUNS]
    )
    rates = []
    for run in past:
        amount = run.spec.get("scenes") or run.spec.get("steps") or run.metrics.get("images")
        if amount and amount >= _LEAST.get(stage, 6) and run.started_at and run.ended_at:
            took = (run.ended_at - run.started_at).total_seconds()
            rates.append(max(0.0, took - _START_S) / float(amount))
    return statistics.median(rates) if rates else _SECONDS.get(stage, 0.0)
