"""Runs of pipeline stages: what was asked, what is happening, what came out.

The row is the truth; a Celery message only carries its id. `runs.states` has the transitions.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from catalog.models import Image, Version
from core.access import Owned, OwnedQuerySet
from core.models import FileSet, StoredFile


class Status(models.TextChoices):
    WAITING = "waiting", "Waiting for its inputs"
    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    STORING = "storing", "Storing results"
    SUCCEEDED = "succeeded", "Succeeded"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"
    LOST = "lost", "Lost its worker"  # resumable


FINAL = frozenset({Status.SUCCEEDED, Status.FAILED, Status.CANCELLED, Status.LOST})


class Queue(models.TextChoices):
    SIMULATE = "simulate", "Simulation"
    GPU = "gpu", "GPU"
    CPU = "cpu", "CPU"
    INTERACTIVE = "interactive", "Interactive"


class Launch(Owned):
    """Several runs started as one, each waiting for the runs whose output it reads."""

    name = models.CharField(max_length=120)
    preset = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[OwnedQuerySet] = OwnedQuerySet.as_manager()  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.name


class Run(Owned):
    """One run of one stage."""

    name = models.CharField(max_length=120)
    launch = models.ForeignKey(
        Launch, null=True, blank=True, on_delete=models.SET_NULL, related_name="runs"
    )
    cloned_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="clones"
    )
    # What was asked: the stage's spec without the folders it reads; those are its inputs.
    stage = models.CharField(max_length=40)
    spec = models.JSONField(default=dict)
    seed = models.BigIntegerField(default=0)
    device = models.CharField(max_length=20, default="auto")
    queue = models.CharField(max_length=12, choices=Queue.choices, default=Queue.CPU)
    created_at = models.DateTimeField(auto_now_add=True)

    # What is happening.
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    queued_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)  # when its message was last sent
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=120, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)  # never set back: it tells leases apart
    losses = models.PositiveIntegerField(default=0)  # workers lost since a person resumed it
    phases = models.JSONField(default=list)  # [{name, done, total, unit, seconds_left, ...}]
    problem = models.TextField(blank=True)  # a sentence for people
    # The run that ended badly and so kept this one from starting; resuming it frees this one too.
    blocked_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="blocks"
    )
    announced_at = models.DateTimeField(null=True, blank=True)  # when `run_ended` was sent

    # What came out.
    code_version = models.CharField(max_length=40, blank=True)
    used_device = models.CharField(max_length=60, blank=True)
    threads = models.PositiveIntegerField(null=True, blank=True)
    metrics = models.JSONField(default=dict)
    warnings = models.JSONField(default=list)
    refused = models.JSONField(default=list)  # [{name, reason}]

    objects: ClassVar[OwnedQuerySet] = OwnedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(fields=["status", "queue"]),
            models.Index(fields=["status", "lease_until"]),
            models.Index(fields=["stage", "status"]),
            models.Index(
                fields=["status"], condition=models.Q(announced_at=None), name="run_unannounced"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (run {self.pk})"

    @property
    def is_final(self) -> bool:
        """Nothing happens to it any more by itself; a lost run waits for a person to resume it."""
        return self.status in FINAL


class RunInput(models.Model):
    """What one folder field of a spec reads: a run's output, a dataset's version, or some files."""

    class Part(models.TextChoices):
        IMAGES = "images", "Images"
        TRUTH = "truth", "Ground-truth labels"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="inputs")
    field = models.CharField(max_length=40)  # e.g. "scenes"
    position = models.PositiveIntegerField(default=0)  # a field may take several folders
    source_run = models.ForeignKey(
        Run, null=True, blank=True, on_delete=models.PROTECT, related_name="consumers"
    )
    version = models.ForeignKey(
        Version, null=True, blank=True, on_delete=models.PROTECT, related_name="run_inputs"
    )
    file_set = models.ForeignKey(
        FileSet, null=True, blank=True, on_delete=models.PROTECT, related_name="run_inputs"
    )
    part = models.CharField(max_length=8, choices=Part.choices, default=Part.IMAGES)
    split = models.CharField(max_length=10, blank=True)  # only these of the version; empty: all

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "field", "position"], name="run_input_once"),
            models.CheckConstraint(
                condition=models.Q(
                    source_run__isnull=False, version__isnull=True, file_set__isnull=True
                )
                | models.Q(source_run__isnull=True, version__isnull=False, file_set__isnull=True)
                | models.Q(source_run__isnull=True, version__isnull=True, file_set__isnull=False),
                name="run_input_has_one_source",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field} of run {self.run_id}"


class Artifact(models.Model):
    """A file that a run made; `path` is relative to its output folder."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="artifacts")
    path = models.CharField(max_length=300)
    role = models.CharField(max_length=60)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "path"], name="artifact_once")]

    def __str__(self) -> str:
        return self.path


class Metric(models.Model):
    """One value of a curve; a resumed run says it again and overwrites it."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="curve_values")
    name = models.CharField(max_length=80)
    step = models.BigIntegerField()
    value = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "name", "step"], name="metric_value_once")
        ]

    def __str__(self) -> str:
        return f"{self.name}[{self.step}] = {self.value:g}"


class Sample(models.Model):
    """An image that a run shows meanwhile; one path may be shown at several steps."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="samples")
    path = models.CharField(max_length=300)
    caption = models.CharField(max_length=200)
    step = models.BigIntegerField(default=0)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "path", "step"], name="sample_once")]

    def __str__(self) -> str:
        return self.caption


class LogLine(models.Model):
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="log_lines")
    at = models.DateTimeField(auto_now_add=True)
    level = models.CharField(max_length=8)
    message = models.TextField()

    def __str__(self) -> str:
        return self.message


class Pair(models.Model):
    """An artificial SEM image beside the height map that it was made from.

    Several generators of one scene share `scene_run` and `scene_index`.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="pairs")
    number = models.PositiveIntegerField()  # position in the run's pairs.json
    generator = models.CharField(max_length=40)
    scene_run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="scene_pairs")
    scene_index = models.PositiveIntegerField()
    image = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    height = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")  # uint16 PNG
    labels = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")  # uint16 PNG
    parameters = models.JSONField(default=dict)
    width_px = models.PositiveIntegerField()
    height_px = models.PositiveIntegerField()
    nm_per_px = models.FloatField()
    top_nm = models.FloatField()  # height of the white of the height map
    # Of the image; empty where it is older.
    phash = models.CharField(max_length=16, blank=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="pair_once")]
        indexes = [models.Index(fields=["scene_run", "scene_index"])]

    def __str__(self) -> str:
        return f"pair {self.number} of run {self.run_id}"


class ImageOrigin(models.Model):
    """Which run made an image of a dataset."""

    image = models.OneToOneField(Image, on_delete=models.CASCADE, related_name="origin")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="images_made")
    pair = models.ForeignKey(
        Pair, null=True, blank=True, on_delete=models.PROTECT, related_name="images"
    )

    def __str__(self) -> str:
        return f"image {self.image_id} from run {self.run_id}"


class WorkerPresence(models.Model):
    """A worker that said it was there; silence means that its queues have one listener less."""

    name = models.CharField(max_length=120, primary_key=True)
    queues = models.JSONField(default=list)
    device = models.CharField(max_length=60, blank=True)  # e.g. the name of its GPU
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
