"""Which queue a run goes to, and whether anybody listens there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone

from core.templatetags.quantities import roughly
from runs.errors import RunRefused
from runs.estimates import images_in, seconds_on_cpu
from runs.models import Queue, RunInput, WorkerPresence

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


def queue_for(stage: str, device: str, inputs: list[RunInput]) -> Queue:
    if device.startswith("cuda"):
        return Queue.GPU
    if device == "auto" and stage in GPU_STAGES and gpu_listens():
        return Queue.GPU
    most = _FEW_IMAGES.get(stage)
    if most is not None and all(images_in(one) <= most for one in inputs):
        return Queue.INTERACTIVE
    return _QUEUE_OF.get(stage, Queue.CPU)


def gpu_listens() -> bool:
    """Whether a worker with a GPU was there within the last half minute."""
    since = timezone.now() - timedelta(seconds=LISTENING_S)
    recent = WorkerPresence.objects.filter(seen_at__gte=since).exclude(device="")
    return any(Queue.GPU in worker.queues for worker in recent)


def require_gpu(stage: str, *, spec: Mapping[str, Any], inputs: Sequence[RunInput]) -> None:
    """Refuse at once what would wait for ever, and say what it costs without a GPU."""
    if gpu_listens():
        return
    seconds = seconds_on_cpu(stage, spec=spec, inputs=inputs)
    takes = f" It takes {roughly(seconds)} there." if seconds else ""
    raise RunRefused(
        "device", f"No worker with a GPU is listening. Choose the CPU to start it now.{takes}"
    )
