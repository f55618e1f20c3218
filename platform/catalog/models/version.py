"""A dataset as it stood at one time; never changed, never deleted."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.db import models

from catalog.errors import FrozenForGood
from catalog.models.dataset import Dataset
from catalog.models.image import Image, Split
from core.models import StoredFile


class FrozenQuerySet(models.QuerySet[Any]):
    """Rows that are made once: what was trained on them must stay what it says it was."""

    def update(self, **values: Any) -> NoReturn:
        raise FrozenForGood

    def delete(self) -> NoReturn:
        raise FrozenForGood


class Frozen(models.Model):
    objects: ClassVar[FrozenQuerySet] = FrozenQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise FrozenForGood
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise FrozenForGood


class Version(Frozen):
    """A dataset as it stood at one time: a list of hashes that never changes."""

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    note = models.CharField(max_length=200, blank=True)
    manifest_sha256 = models.CharField(max_length=64)  # over the canonical list of its items
    image_count = models.PositiveIntegerField()
    # Counted once, when it is frozen: {"split": {"train": 12}, "scaled": 11, ...}
    counts = models.JSONField(default=dict)
    # Against the version before: {"added": 3, "removed": 0, "changed": 1}
    changes = models.JSONField(default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dataset", "number"], name="version_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.dataset} v{self.number}"


class VersionItem(Frozen):
    """One image of a version, with what counted about it then."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="items")
    image = models.ForeignKey(Image, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    truth = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    split = models.CharField(max_length=10, choices=Split.choices, blank=True)
    nm_per_px = models.FloatField(null=True, blank=True)
    data_bar_row = models.PositiveIntegerField(null=True, blank=True)
    material = models.CharField(max_length=80, blank=True)
    shape = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=300, blank=True)  # its own, else the dataset's then
    licence = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "image"], name="version_item_once")
        ]

    def __str__(self) -> str:
        return self.name
