"""The masks that a segmentation made: which images they are of, and which a page can draw."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from catalog.models import Dataset, Image
from review.models import Review
from runs.models import Artifact, Run
from runs.workspace import image_pk


def is_drawable(labels: Artifact) -> bool:
    """Labels of more than 65,535 particles are a TIFF, which no browser reads."""
    return labels.path.lower().endswith(".png")


def images_named(run: Run, stems: Iterable[str]) -> dict[str, Image]:
    """The images that files were named after, where the run's owner may see them."""
    keys = {stem: key for stem in stems if (key := image_pk(f"{stem}.png")) is not None}
    seen = Image.objects.filter(
        pk__in=keys.values(), dataset__in=Dataset.objects.visible_to(run.owner)
    ).in_bulk()
    return {stem: seen[key] for stem, key in keys.items() if key in seen}


def left_out(*, review: Review) -> list[str]:
    """Names of the images of the run that the review has no item of."""
    made = review.run.artifacts.filter(role="labels").exclude(path__iendswith=".png")
    stems = [PurePosixPath(path).stem for path in made.values_list("path", flat=True)]
    images = images_named(review.run, stems) if stems else {}
    return sorted(images[stem].name if stem in images else stem for stem in stems)
