"""Perceptual hashes made findable, and pairs of images that look alike."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from catalog.models.dataset import Dataset
from catalog.models.image import Image


class HashBand(models.Model):
    """A quarter of an image's perceptual hash: `key` is band * 65536 + its 16 bits.

    Hashes that differ in at most seven bits have a quarter that differs in at most one, so images
    that look alike are found by 68 keys and nobody compares all with all.
    """

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="+")
    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="hash_bands")
    key = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["dataset", "key", "image"])]

    def __str__(self) -> str:
        return f"{self.key:05x} of image {self.image_id}"


class Decision(models.TextChoices):
    OPEN = "", "Not decided"
    KEPT = "kept", "Both kept"
    FIRST = "first", "First one excluded"
    SECOND = "second", "Second one excluded"


class NearDuplicate(models.Model):
    """Two images of a dataset that look alike, and what a person decided about them."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="near_duplicates")
    first = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="+")
    distance = models.PositiveSmallIntegerField()  # bits of 64 that differ
    decision = models.CharField(max_length=6, choices=Decision.choices, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="near_duplicate_once")
        ]
        indexes = [models.Index(fields=["dataset", "decision", "id"])]

    def __str__(self) -> str:
        return f"{self.first} and {self.second}, {self.distance} of 64 bits apart"
