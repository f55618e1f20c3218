"""A tour: the whole way once, as real runs, on whatever real images are at hand."""

from typing import ClassVar

from django.db import models

from catalog.models import Dataset, Version
from core.access import Owned, OwnedQuerySet
from exchange.models import Import
from review.models import Review
from runs.models import Launch, Run
from survey.models import Study


class Size(models.TextChoices):
    QUICK = "quick", "Short: about five minutes on two processor cores"
    PHYSICS = "physics", "Whole: about twelve minutes, and a better network"


class Tour(Owned):
    """What one tour has made so far. Each link is set once, by `tour.services`.

    The value of `size` is the key of the preset that it runs (`runs.presets`).
    """

    size = models.CharField(max_length=10, choices=Size.choices, default=Size.QUICK)
    seed = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    problem = models.TextField(blank=True)  # why there are no real images, or no study

    images_import = models.ForeignKey(
        Import, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    real = models.ForeignKey(Dataset, null=True, on_delete=models.SET_NULL, related_name="+")
    version = models.ForeignKey(Version, null=True, on_delete=models.SET_NULL, related_name="+")
    launch = models.ForeignKey(Launch, null=True, on_delete=models.SET_NULL, related_name="+")
    scenes = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="+")
    pairs = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="+")
    network = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="+")
    particles = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="+")
    scores = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="+")
    artificial = models.ForeignKey(Dataset, null=True, on_delete=models.SET_NULL, related_name="+")
    study = models.ForeignKey(Study, null=True, on_delete=models.SET_NULL, related_name="+")
    game = models.ForeignKey(Study, null=True, on_delete=models.SET_NULL, related_name="+")
    review = models.ForeignKey(Review, null=True, on_delete=models.SET_NULL, related_name="+")

    objects: ClassVar[OwnedQuerySet] = OwnedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [models.Index(fields=["owner", "-id"])]

    def __str__(self) -> str:
        return f"tour {self.pk}"
