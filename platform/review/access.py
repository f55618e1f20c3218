"""Who may see a review's images, and who may decide on them and correct them.

Reviewing is what a review is shared for: whoever sees it and is a reviewer may decide and correct,
and so may its owner. No version is ever lost by it. Its title, sharing and end are its owner's.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404

from accounts.models import Role
from catalog.models import Dataset, Image
from core.access import get_visible
from review.models import Comparison, Correction, MaskVersion, Review, ReviewItem


def review_visible(*, user: Any, pk: int) -> Review:
    found: Review = get_visible(Review.objects.all(), user=user, pk=pk)
    return found


def item_visible(*, user: Any, pk: int) -> ReviewItem:
    """The image of a review, or 404."""
    items = ReviewItem.objects.select_related("review", "head", "image", "reviewer")
    item = items.filter(pk=pk, review__in=Review.objects.visible_to(user)).first()
    if item is None:
        raise Http404("There is no such review, or it is not shared with you.")
    return item


def item_correctable(*, user: Any, pk: int) -> ReviewItem:
    """The image of a review, 404 where it may not be seen, 403 where it may only be seen."""
    item = item_visible(user=user, pk=pk)
    if not may_correct(user, item.review):
        raise PermissionDenied(
            "Reviewing needs the role reviewer; an administrator can give it to you."
        )
    return item


def image_segmentable(*, user: Any, pk: int) -> Image:
    """An image of a dataset, 404 where it may not be seen, 403 without the role for it."""
    image = Image.objects.select_related("dataset").filter(pk=pk).first()
    # The dataset decides who may see it; 0 is none, so an unknown image is a 404 as well.
    get_visible(Dataset.objects.all(), user=user, pk=image.dataset_id if image else 0)
    if image is None or not (user.has(Role.ANALYST) or user.has(Role.REVIEWER)):
        raise PermissionDenied("Starting a segmentation needs the role analyst or reviewer.")
    return image


def correction_visible(*, user: Any, pk: int) -> Correction:
    rows = Correction.objects.select_related("item", "run", "version", "base")
    found = rows.filter(pk=pk, item__review__in=Review.objects.visible_to(user)).first()
    if found is None:
        raise Http404("There is no such correction, or it is not shared with you.")
    return found


def may_correct(user: Any, review: Review) -> bool:
    return bool(user.has(Role.REVIEWER) or review.may_be_changed_by(user))


def version_visible(*, user: Any, pk: int) -> MaskVersion:
    versions = MaskVersion.objects.select_related("item__review", "author", "made_by_run")
    found = versions.filter(pk=pk, item__review__in=Review.objects.visible_to(user)).first()
    if found is None:
        raise Http404("There is no such mask, or it is not shared with you.")
    return found


def comparison_visible(*, user: Any, pk: int) -> Comparison:
    rows = Comparison.objects.select_related("item__review", "first", "second", "run")
    found = rows.filter(pk=pk, item__review__in=Review.objects.visible_to(user)).first()
    if found is None:
        raise Http404("There is no such comparison, or it is not shared with you.")
    return found
