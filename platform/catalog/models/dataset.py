"""A dataset: images that belong together, whose they are and where they come from."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from core.access import Owned, OwnedQuerySet


class Kind(models.TextChoices):
    REAL = "real", "Real micrographs"
    ARTIFICIAL = "artificial", "Artificial micrographs"


class Dataset(Owned):
    """Images that belong together. Its counters are kept in the row: no list ever counts."""

    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.REAL)
    source = models.CharField(max_length=300, blank=True)  # who made the images, where published
    licence = models.CharField(max_length=120, blank=True)
    image_count = models.PositiveIntegerField(default=0)
    excluded_count = models.PositiveIntegerField(default=0)  # of image_count
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[OwnedQuerySet] = OwnedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="dataset_name_once_per_owner")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def used_count(self) -> int:
        return self.image_count - self.excluded_count
