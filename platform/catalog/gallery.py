"""Pages of a gallery by key, newest first or by name: the last costs what the first one does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from catalog.models import Image

if TYPE_CHECKING:
    from django.db.models import QuerySet

SORTS = [("newest", "Newest first"), ("name", "By name")]
SIZES = (25, 50, 100, 200)
SIZE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryPage:
    """Images of one page; `after` and `before` are the keys of its neighbours, None at an end."""

    images: list[Image]
    after: int | None
    before: int | None


def gallery_page(
    *,
    images: QuerySet[Image],
    sort: str = "newest",
    size: int = SIZE,
    after: int | None = None,
    before: int | None = None,
) -> GalleryPage:
    """Cut the page that follows the image `after`, or precedes the image `before`."""
    backwards = before is not None
    keys = neighbours(
        images=images,
        sort=sort,
        of=before if backwards else after,
        count=size + 1,
        backwards=backwards,
    )
    more, keys = len(keys) > size, keys[:size]
    if backwards:
        keys.reverse()
    rows = Image.objects.prefetch_related("tags").in_bulk(keys)
    page = [rows[key] for key in keys if key in rows]
    if not page:
        return GalleryPage(images=[], after=None, before=None)
    follows = backwards or more
    precedes = more if backwards else after is not None
    return GalleryPage(
        images=page,
        after=page[-1].pk if follows else None,
        before=page[0].pk if precedes else None,
    )


def neighbours(
    *, images: QuerySet[Image], sort: str, of: int | None, count: int, backwards: bool = False
) -> list[int]:
    """Keys of the images that come after the image `of` (or before it), nearest first.

    Only keys are read, so that an index answers; an image that is gone starts from the front.
    """
    by_name = sort == "name"
    forwards = by_name is not backwards  # names and keys rise together, newest first falls
    found = images
    if of is not None:
        found = found.filter(_beyond(of, rising=forwards, by_name=by_name))
    order = ("name", "pk") if by_name else ("pk",)
    signed = order if forwards else tuple(f"-{column}" for column in order)
    return list(found.order_by(*signed).values_list("pk", flat=True)[:count])


def _beyond(pk: int, *, rising: bool, by_name: bool) -> Q:
    side = "gt" if rising else "lt"
    if not by_name:
        return Q(**{f"pk__{side}": pk})
    name = Image.objects.filter(pk=pk).values_list("name", flat=True).first()
    if name is None:
        return Q()
    # The first half bounds the walk along the index; the second settles equal names.
    return Q(**{f"name__{side}e": name}) & (Q(**{f"name__{side}": name}) | Q(**{f"pk__{side}": pk}))
