"""Which queue a run goes to, and whether anybody listens there."""

from __future__ import annotations

import statistics
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from runs.errors import RunRefused
from runs.models import Queue, Run, RunInput, Status, WorkerPresence

LISTENING_S = 30.0  # a worker says so every few seconds
GPU_STAGES = frozenset({"cyclegan-train", "cyclegan-generate", "segment-train"})
_QUEUE_OF = {
    "simulate": Queue.SIMULATE,
    "measure": Queue.INTERACTIVE,
    "evaluate": Queue.INTERACTIVE,
    "edit-labels": Queue.INTERACTIVE,
    "compare-labels": Queue.INTERACTIVE,
    "stimuli": Queue.INTERACTIVE,
}
# Up to so many images somebody waits for the answer; more is work for the night.
_FEW_IMAGES = {"segment-predict": 12}
# Minutes on two processor cores, for an installation that has none of its own yet.
_MINUTES_ON_CPU = {"cyclegan-train": 8.0, "segment-train": 12.0, "cyclegan-generate": 2.0}
_PAST_RUNS = 20


def queue_for(stage: str, device: str, inputs: list[RunInput]) -> Queue:
    if device.startswith("cuda"):
        return Queue.GPU
    if device == "auto" and stage in GPU_STAGES and gpu_listens():
        return Queue.GPU
    most = _FEW_IMAGES.get(stage)
    if most is not None and all(_image_count(one) <= most for one in inputs):
        return Queue.INTERACTIVE
    return _QUEUE_OF.get(stage, Queue.CPU)


def gpu_listens() -> bool:
    """Whether a worker with a GPU was there within the last half minute."""
    since = timezone.now() - timedelta(seconds=LISTENING_S)
    recent = WorkerPresence.objects.filter(seen_at__gte=since).exclude(device="")
    return any(Queue.GPU in worker.queues for worker in recent)


def require_gpu(stage: str) -> None:
    """Refuse at once what would wait for ever, and say what it costs without a GPU."""
    if gpu_listens():
        return
    minutes = minutes_on_cpu(stage)
    takes = f" It takes about {minutes:.0f} minutes there." if minutes else ""
    raise RunRefused(
        "device", f"No worker with a GPU is listening. Choose the CPU to start it now.{takes}"
    )


def minutes_on_cpu(stage: str) -> float | None:
    """What the stage took here before, else what it takes on two cores; None: not known."""
    past = (
        Run.objects.filter(stage=stage, status=Status.SUCCEEDED, used_device="cpu")
        .filter(started_at__isnull=False, ended_at__isnull=False)
        .annotate(took=F("ended_at") - F("started_at"))
        .order_by("-pk")
        .values_list("took", flat=True)[:_PAST_RUNS]
    )
    seconds: list[float] = [took.total_seconds() for took in past]
    if seconds:
        return max(1.0, float(statistics.median(seconds)) / 60)
    return _MINUTES_ON_CPU.get(stage)


def _image_count(given: RunInput) -> int:
    if given.version is not None:
        return given.version.image_count
    if given.file_set is not None:
        return given.file_set.items.count()
    if given.source_run is not None and given.source_run.stage in ("render", "cyclegan-generate"):
        return int(given.source_run.metrics.get("images", 1_000))
    return 0  # a model, not images
