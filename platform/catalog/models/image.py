"""One image of a dataset, and what is known of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from catalog.models.dataset import Dataset
from core.models import StoredFile


class Split(models.TextChoices):
    NONE = "", "Not assigned"
    TRAIN = "train", "Training"
    VALIDATION = "validation", "Validation"
    TEST = "test", "Test"


class ScaleSource(models.TextChoices):
    NONE = "", "Unknown"
    TAG = "tag", "File's own tag"
    TYPED = "typed", "Typed in"
    DRAWN = "drawn", "Drawn on the scale bar"
    SIMULATED = "simulated", "Known from the simulation"


class Tag(models.Model):
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dataset", "name"], name="tag_once")]

    def __str__(self) -> str:
        return self.name


class Image(models.Model):
    """One micrograph. `file` is what was uploaded, byte by byte; browsers get `view`."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="images")
    name = models.CharField(max_length=200)  # the file's name as it came
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    view = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    thumbnail = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    width_px = models.PositiveIntegerField()
    height_px = models.PositiveIntegerField()
    # Perceptual hash, 64 bits as 16 hexadecimal digits; near-duplicates differ in few bits.
    phash = models.CharField(max_length=16, blank=True, db_index=True)

    nm_per_px = models.FloatField(null=True, blank=True)
    scale_source = models.CharField(
        max_length=10, choices=ScaleSource.choices, default=ScaleSource.NONE, blank=True
    )
    # First row of the data bar; the micrograph is what lies above. Proposed until a person agrees.
    data_bar_row = models.PositiveIntegerField(null=True, blank=True)
    data_bar_confirmed = models.BooleanField(default=False)
    material = models.CharField(max_length=80, blank=True)
    shape = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=300, blank=True)  # empty: the dataset's
    licence = models.CharField(max_length=120, blank=True)
    notes = models.TextField(blank=True)

    split = models.CharField(max_length=10, choices=Split.choices, default=Split.NONE, blank=True)
    excluded_reason = models.CharField(max_length=200, blank=True)  # empty: in use
    tags = models.ManyToManyField(Tag, blank=True, related_name="images")
    # Ground truth: instance labels (PNG, uint16, 0 background) of the size of the image.
    truth = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            # The same bytes twice in a dataset would be counted, trained on and judged twice.
            models.UniqueConstraint(fields=["dataset", "file"], name="image_once_per_dataset"),
        ]
        indexes = [
            models.Index(fields=["dataset", "id"]),
            models.Index(fields=["dataset", "name", "id"]),
            models.Index(fields=["dataset", "split", "id"]),
            models.Index(fields=["dataset", "material", "id"]),
            models.Index(fields=["dataset", "shape", "id"]),
            # What is rare in a big dataset is found without reading the rest of it.
            models.Index(
                fields=["dataset", "id"],
                name="image_excluded",
                condition=~models.Q(excluded_reason=""),
            ),
            models.Index(
                fields=["dataset", "id"],
                name="image_without_scale",
                condition=models.Q(nm_per_px__isnull=True),
            ),
            models.Index(
                fields=["dataset", "id"],
                name="image_bar_unconfirmed",
                condition=models.Q(data_bar_row__isnull=False, data_bar_confirmed=False),
            ),
            models.Index(
                fields=["dataset", "id"],
                name="image_without_truth",
                condition=models.Q(truth__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_excluded(self) -> bool:
        return bool(self.excluded_reason)
