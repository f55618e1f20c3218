"""Reviews that show an image below its mask."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from catalog.showing import register
from core.opened import could_open
from review.models import Review, ReviewItem


def connect() -> None:
    register("review", in_reviews)


def in_reviews(marks: frozenset[str], user: Any) -> set[str]:
    """Marks of images in reviews that the person could have opened, or decided about."""
    items = ReviewItem.objects.filter(
        Q(view__in=marks)
        | Q(image__file__in=marks)
        | Q(image__view__in=marks)
        | Q(image__phash__in=marks)
    )
    opened = could_open(Review.objects.filter(pk__in=items.values("review")), user=user)
    seen = items.filter(Q(review__in=opened) | Q(reviewer=user))
    fields = ("view", "image__file", "image__view", "image__phash")
    return {mark for row in seen.values_list(*fields) for mark in row} & marks
