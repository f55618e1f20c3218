"""Reviews that show an image below its mask."""

from __future__ import annotations

from collections import defaultdict

from django.db.models import Q

from catalog.showing import Holders, Told, register
from review.models import Review, ReviewItem


def connect() -> None:
    register("review", in_reviews)


def in_reviews(marks: frozenset[str]) -> Told:
    """Marks of images in reviews that a person could have opened, or decided about."""
    items = ReviewItem.objects.filter(
        Q(view__in=marks)
        | Q(image__file__in=marks)
        | Q(image__view__in=marks)
        | Q(image__phash__in=marks)
    )
    fields = ("view", "image__file", "image__view", "image__phash")
    rows = list(items.values_list("review", "reviewer", *fields))
    holders = Holders(Review, ((review, mark) for review, _, *known in rows for mark in known))
    decided: dict[int, set[str]] = defaultdict(set)
    for _, reviewer, *known in rows:
        if reviewer is not None:
            decided[reviewer] |= {mark for mark in known if mark}
    return lambda user: holders.told(user) | decided.get(user.pk, set())
