"""How long runs take: from those that were done here, else from two processor cores."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runs.models import Run, RunInput, Status
from runs.stages import GAN_GENERATE, GAN_TRAIN, NETWORK_TRAIN, PREDICT, RENDER, SIMULATE

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from runs.presets import Plan

# Seconds for one scene, step or image of usual size.
_SECONDS = {
    SIMULATE: 5.0,
    RENDER: 0.4,
    GAN_TRAIN: 0.27,
    GAN_GENERATE: 1.0,
    NETWORK_TRAIN: 0.6,
    PREDICT: 4.0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Usual:
    """The size of a training step that the seconds above are of."""

    crop_px: int
    batch: int
    width_field: str
    width: int  # channels of the first layer


_USUAL = {
    GAN_TRAIN: _Usual(crop_px=128, batch=1, width_field="ngf", width=24),
    NETWORK_TRAIN: _Usual(crop_px=256, batch=4, width_field="features", width=16),
}
_START_S = 5.0  # what every stage takes, however little there is to do
_PAST_RUNS = 10
_MANY = 1_000  # images of a run that has not told yet how many
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


def seconds_of_image_on_cpu(stage: str) -> float:
    """Guess how long one image takes without a GPU; 0 where nothing is known of the stage."""
    return _seconds_for_one(stage, device="cpu")


def took_here(stage: str) -> float | None:
    """The median of the last runs that succeeded here, in seconds; None where there is none."""
    found = [
        (run.ended_at - run.started_at).total_seconds()
        for run in _done(stage)[:_PAST_RUNS]
        if run.started_at and run.ended_at
    ]
    return statistics.median(found) if found else None


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
    rows = run.inputs.select_related("version", "source_run").order_by("field", "position")
    return seconds_of(run.stage, _amount(run.stage, run.spec, rows))


def seconds_on_cpu(
    stage: str, *, spec: Mapping[str, Any], inputs: Iterable[RunInput]
) -> float | None:
    """Guess how long a run takes without a GPU; None where its stage or its size is unknown."""
    seconds = _seconds_for_one(stage, device="cpu") * _amount(stage, spec, inputs)
    return _START_S + seconds if seconds else None


def _amount(stage: str, spec: Mapping[str, Any], inputs: Iterable[RunInput]) -> float:
    """Scenes, steps or images that a run will work on, as far as its rows say."""
    if stage == SIMULATE:
        return float(spec.get("scenes", 0))
    if stage in {GAN_TRAIN, NETWORK_TRAIN}:
        return _usual_steps(stage, spec)
    if stage in {RENDER, GAN_GENERATE}:
        scenes = next((one.source_run for one in inputs if one.field == "scenes"), None)
        count = scenes.spec.get("scenes", 0) if scenes else 0
        return float(count * spec.get("variants", 1))
    return float(sum(images_in(one) for one in inputs))


def images_in(given: RunInput) -> int:
    """How many images an input brings; 0 where it is a model."""
    if given.version is not None:
        if given.split:
            return given.version.items.filter(split=given.split).count()
        return given.version.image_count
    if given.file_set is not None:
        return given.file_set.items.count()
    if given.source_run is not None and given.source_run.stage in (RENDER, GAN_GENERATE):
        return int(given.source_run.metrics.get("images", _MANY))
    return 0


def _usual_steps(stage: str, spec: Mapping[str, Any]) -> float:
    """Steps of training, each counted as so many of usual size.

    The work of a step goes with its pixels and the square of the network's width.
    """
    usual = _USUAL[stage]
    width = spec.get(usual.width_field, usual.width)
    first = width[0] if isinstance(width, list | tuple) else width
    pixels = spec.get("crop_px", usual.crop_px) ** 2 * spec.get("batch", usual.batch)
    return float(
        spec.get("steps", 0)
        * pixels
        / (usual.crop_px**2 * usual.batch)
        * (first / usual.width) ** 2
    )


def _seconds_for_one(stage: str, *, device: str = "") -> float:
    past = _done(stage).filter(used_device=device) if device else _done(stage)
    rates = []
    for run in past[:_PAST_RUNS]:
        if stage in _USUAL:
            amount = _usual_steps(stage, run.spec)
        else:
            amount = float(run.spec.get("scenes") or run.metrics.get("images") or 0)
        if amount >= _LEAST.get(stage, 6) and run.started_at and run.ended_at:
            took = (run.ended_at - run.started_at).total_seconds()
            rates.append(max(0.0, took - _START_S) / amount)
    return statistics.median(rates) if rates else _SECONDS.get(stage, 0.0)


def _done(stage: str) -> QuerySet[Run]:
    done = Run.objects.filter(stage=stage, status=Status.SUCCEEDED)
    return done.filter(started_at__isnull=False, ended_at__isnull=False).order_by("-pk")
