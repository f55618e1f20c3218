"""A change of many images at once, made in slices."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from catalog.models.dataset import Dataset


class Action(models.TextChoices):
    EXCLUDE = "exclude", "Exclude"
    INCLUDE = "include", "Include again"
    TAG = "tag", "Add a tag"
    UNTAG = "untag", "Remove a tag"
    SPLIT = "split", "Set the split"
    RANDOM_SPLIT = "random-split", "Split at random"
    SCALE = "scale", "Set the pixel size"
    MATERIAL = "material", "Set the material"
    SHAPE = "shape", "Set the shape"
    SOURCE = "source", "Set the source"
    LICENCE = "licence", "Set the licence"
    CONFIRM_BAR = "confirm-bar", "Confirm the data bars"


class BulkEdit(models.Model):
    """What to change, in which images, and how far it is: no request changes more than a slice.

    The images are those that were ticked, or all that match a saved filter but for exceptions,
    up to the newest one there was; they are walked by key, so an edit that changes what its own
    filter finds still meets every image once.
    """

    class State(models.TextChoices):
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        STOPPED = "stopped", "Stopped"

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="bulk_edits")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    action = models.CharField(max_length=12, choices=Action.choices)
    value = models.JSONField(default=dict)
    chosen = models.JSONField(default=list)  # keys of ticked images; empty: all that match
    saved_filter = models.JSONField(default=dict)
    exceptions = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=State.choices, default=State.RUNNING)
    last_pk = models.BigIntegerField(default=0)  # the last image that was looked at
    top_pk = models.BigIntegerField()
    seen = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["dataset", "state"])]

    def __str__(self) -> str:
        return f"{self.get_action_display()} in {self.dataset}"

    @property
    def is_final(self) -> bool:
        return self.state != self.State.RUNNING
