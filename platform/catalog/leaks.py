"""What trained a model, or looks the same, tells nothing in that model's validation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog.hashes import MOST_BITS, HashIndex
from catalog.models import Image

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """`image` is, or looks like, `other`; `distance` is in bits of 64, None for the same file."""

    image: Image
    other: Image
    distance: int | None

    @property
    def sentence(self) -> str:
        if self.distance is None:
            return f"{self.image.name} is the same file as {self.other.name}."
        return f"{self.image.name} looks the same as {self.other.name}."


def near_duplicates_of(
    *, images: QuerySet[Image], among: QuerySet[Image], most_bits: int = MOST_BITS
) -> list[Alike]:
    """For each of `images` the nearest of `among` that looks the same, if there is one.

    No image is its own near-duplicate, and neither is another row of the same file.
    """
    index = HashIndex(among.exclude(phash="").values_list("pk", "phash"))
    files = dict(among.values_list("pk", "file_id"))
    found: list[tuple[int, int, int | None]] = []
    for pk, phash, file in images.exclude(phash="").values_list("pk", "phash", "file_id"):
        near = index.near(phash, most_bits=most_bits)
        nearest = next(((d, k) for d, k in near if files.get(k) != file), None)
        if nearest is not None:
            found.append((pk, nearest[1], nearest[0]))
    return _named(found)


def leaking_images(*, training: QuerySet[Image], validation: QuerySet[Image]) -> list[Alike]:
    """The images of `validation` that are in `training` too, by their bytes or by their looks.

    Both may come from several datasets; `catalog.selectors.images_of_version` gives those of a
    version's split. An empty list says that the validation is fair.
    """
    trained = dict(training.values_list("file_id", "pk"))
    same: list[tuple[int, int, int | None]] = [
        (pk, trained[file], None)
        for pk, file in validation.values_list("pk", "file_id")
        if file in trained
    ]
    known = {pk for pk, _, _ in same}
    alike = near_duplicates_of(images=validation, among=training)
    return _named(same) + [each for each in alike if each.image.pk not in known]


def _named(found: list[tuple[int, int, int | None]]) -> list[Alike]:
    keys = {pk for first, second, _ in found for pk in (first, second)}
    images = Image.objects.select_related("dataset").in_bulk(list(keys))
    return [
        Alike(image=images[first], other=images[second], distance=apart)
        for first, second, apart in found
    ]
