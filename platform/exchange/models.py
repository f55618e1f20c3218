"""What comes in and what goes out: uploads that can be resumed, imports, exports."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from catalog.models import Dataset, Image, Version
from core.models import FileSet, StoredFile
from runs.models import FINAL, Run, Status


def _expiry() -> Any:
    return timezone.now() + timedelta(hours=settings.SEMBLANCE_UPLOAD_HOURS)


class Upload(models.Model):
    """One file on its way here in pieces (tus); the file on disk tells how far it came."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=300)  # with its folders, cleaned
    size_bytes = models.BigIntegerField()
    file = models.ForeignKey(  # once it is whole
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(default=_expiry, db_index=True)  # moves with each piece

    def __str__(self) -> str:
        return self.name


class Origin(models.TextChoices):
    UPLOAD = "upload", "Uploaded files"
    FOLDER = "folder", "Folder of the server"
    PUBLISHED = "published", "Published data set"


class Import(models.Model):
    """Files that become images of a dataset, by one run of the stage `ingest`.

    It has no owner of its own: whoever sees the dataset sees its imports.
    """

    class State(models.TextChoices):
        RUNNING = "running", "Being read"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="imports")
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.UPLOAD)
    title = models.CharField(max_length=200)  # e.g. "12 files", "EMPS"
    # A form that is sent twice has the same one: the second finds the import of the first.
    token = models.UUIDField(unique=True, default=uuid.uuid4)
    file_set = models.ForeignKey(
        FileSet, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    run = models.OneToOneField(
        Run, null=True, blank=True, on_delete=models.PROTECT, related_name="import_of"
    )
    source = models.CharField(max_length=300, blank=True)  # for images that state none
    licence = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.RUNNING)
    problem = models.TextField(blank=True)  # a sentence for people
    taken_count = models.PositiveIntegerField(default=0)
    truth_count = models.PositiveIntegerField(default=0)
    refused_count = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["dataset", "id"])]

    def __str__(self) -> str:
        return f"{self.title} into {self.dataset}"

    @property
    def is_final(self) -> bool:
        return self.state != self.State.RUNNING


class ImportLine(models.Model):
    """What became of one file of an import."""

    class Outcome(models.TextChoices):
        TAKEN = "taken", "Taken"
        REFUSED = "refused", "Left out"

    batch = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="lines")
    position = models.IntegerField()  # so that results stored twice are one
    name = models.CharField(max_length=300)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    kind = models.CharField(max_length=20, blank=True)  # of refusal, as the stage has it
    reason = models.TextField(blank=True)
    image = models.ForeignKey(
        Image, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "position"], name="import_line_once")
        ]
        indexes = [models.Index(fields=["batch", "outcome", "id"])]

    def __str__(self) -> str:
        return self.name


class Layout(models.TextChoices):
    ORIGINALS = "originals", "Original files"
    COCO = "coco", "COCO instances"
    LABELS = "labels", "Label TIFF"


class Export(models.Model):
    """A frozen version packed by one run of the stage `export`; seen by who sees the dataset."""

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="exports")
    layout = models.CharField(max_length=10, choices=Layout.choices)
    with_images = models.BooleanField(default=True)
    run = models.OneToOneField(Run, on_delete=models.PROTECT, related_name="export_of")
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["version", "id"])]

    def __str__(self) -> str:
        return f"{self.version} as {self.get_layout_display()}"

    @property
    def is_ready(self) -> bool:
        return bool(self.run.status == Status.SUCCEEDED)

    @property
    def is_final(self) -> bool:
        return self.run.status in FINAL
