"""Reviews of segmentations: images, the versions of their masks, decisions and comparisons.

A mask never changes: a correction makes another version, against the one it was made from.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from catalog.models import Image
from core.access import Owned, OwnedQuerySet
from core.models import StoredFile
from review.words import edits_in_words
from runs.models import Run


class State(models.TextChoices):
    PENDING = "pending", "To review"
    ACCEPTED = "accepted", "Accepted"
    REJECTED = "rejected", "Rejected"


class Progress(models.TextChoices):
    """Of what a run of the pipeline does for a review."""

    PENDING = "pending", "Being computed"
    DONE = "done", "Done"
    REFUSED = "refused", "Refused"


class Review(Owned):
    """The segmentations that one run made. Its counters are kept in the row."""

    run = models.OneToOneField(Run, on_delete=models.PROTECT, related_name="review")
    title = models.CharField(max_length=160)
    pending_count = models.PositiveIntegerField(default=0)
    accepted_count = models.PositiveIntegerField(default=0)
    rejected_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[OwnedQuerySet] = OwnedQuerySet.as_manager()  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.title

    @property
    def item_count(self) -> int:
        return self.pending_count + self.accepted_count + self.rejected_count


class ReviewItem(models.Model):
    """One image of a review. `view` is what a browser shows below the mask."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="items")
    image = models.ForeignKey(
        Image, null=True, blank=True, on_delete=models.SET_NULL, related_name="review_items"
    )
    name = models.CharField(max_length=200)  # the image's, kept where the image is not
    view = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    view_is_overlay = models.BooleanField(default=False)  # no image was kept without its outlines
    width_px = models.PositiveIntegerField()
    height_px = models.PositiveIntegerField()
    rows_px = models.PositiveIntegerField(default=0)  # above the data bar; 0: all
    nm_per_px = models.FloatField(null=True, blank=True)

    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    reason = models.CharField(max_length=300, blank=True)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    # The newest version; a correction is made against it or refused.
    head = models.ForeignKey(
        "MaskVersion", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "name"], name="review_item_name_once")
        ]
        indexes = [models.Index(fields=["review", "id"])]

    def __str__(self) -> str:
        return self.name


class MaskVersion(models.Model):
    """Labels of one image, numbered from 1: the network's; then each correction's."""

    item = models.ForeignKey(ReviewItem, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.RESTRICT, related_name="children"
    )
    labels = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")  # uint16 PNG
    particles = models.ForeignKey(  # JSON, see `review.particles`
        StoredFile, on_delete=models.PROTECT, related_name="+"
    )
    # Made when first asked for: outlines (JSON) and the mask as TIFF.
    outlines = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    mask = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    files_run = models.ForeignKey(
        Run, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    particle_count = models.PositiveIntegerField()
    edits = models.JSONField(default=list)  # what made it from its parent
    note = models.CharField(max_length=300, blank=True)
    author = models.ForeignKey(  # nobody: the network
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_by_run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="mask_versions")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="mask_version_number_once")
        ]

    def __str__(self) -> str:
        return f"version {self.number} of {self.item}"

    @property
    def what(self) -> str:
        """What was corrected, in words."""
        return edits_in_words(self.edits)


class Correction(models.Model):
    """Edits on their way to become a version."""

    item = models.ForeignKey(ReviewItem, on_delete=models.CASCADE, related_name="corrections")
    base = models.ForeignKey(MaskVersion, on_delete=models.RESTRICT, related_name="corrections")
    edits = models.JSONField()
    note = models.CharField(max_length=300, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    run = models.OneToOneField(
        Run, null=True, blank=True, on_delete=models.SET_NULL, related_name="correction"
    )
    progress = models.CharField(max_length=10, choices=Progress.choices, default=Progress.PENDING)
    problem = models.TextField(blank=True)  # a sentence for people
    version = models.OneToOneField(
        MaskVersion, null=True, blank=True, on_delete=models.RESTRICT, related_name="correction"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            # Two at once would both be made against the same version.
            models.UniqueConstraint(
                fields=["item"],
                condition=models.Q(progress=Progress.PENDING),
                name="one_correction_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"correction of {self.base}"


class ParticleDecision(models.Model):
    """What a person said of one particle of one version."""

    class Verdict(models.TextChoices):
        DISMISSED = "dismissed", "Dismissed"

    version = models.ForeignKey(MaskVersion, on_delete=models.CASCADE, related_name="decisions")
    label = models.PositiveIntegerField()
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "label"], name="particle_decided_once")
        ]

    def __str__(self) -> str:
        return f"particle {self.label}: {self.verdict}"


class Comparison(models.Model):
    """Two masks of one image held against each other; the second is taken as the truth."""

    item = models.ForeignKey(ReviewItem, on_delete=models.CASCADE, related_name="comparisons")
    first = models.ForeignKey(MaskVersion, on_delete=models.RESTRICT, related_name="+")
    second = models.ForeignKey(
        MaskVersion, null=True, blank=True, on_delete=models.RESTRICT, related_name="+"
    )
    truth = models.ForeignKey(  # a manual mask, where there is no second version
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    first_name = models.CharField(max_length=200)
    second_name = models.CharField(max_length=200)
    run = models.OneToOneField(
        Run, null=True, blank=True, on_delete=models.SET_NULL, related_name="comparison"
    )
    progress = models.CharField(max_length=10, choices=Progress.choices, default=Progress.PENDING)
    problem = models.TextField(blank=True)
    matches = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    first_labels = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    second_labels = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(second__isnull=False, truth__isnull=True)
                | models.Q(second__isnull=True, truth__isnull=False),
                name="comparison_has_one_second",
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_name} against {self.second_name}"
