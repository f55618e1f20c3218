"""What pages, the API and other apps read of datasets, always as one person may see it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404

from accounts.models import User
from catalog.manifests import COLUMNS, manifest_bytes
from catalog.models import Dataset, Image, NearDuplicate, Version
from core.access import OwnedQuerySet


def datasets_visible(*, user: User | Any) -> OwnedQuerySet:
    return Dataset.objects.visible_to(user)


def datasets_with_covers(*, user: User | Any) -> QuerySet[Dataset]:
    """Visible datasets with their owner and the key of an image to show, `cover_pk`."""
    images = Image.objects.filter(dataset=OuterRef("pk")).order_by("pk").values("pk")
    visible: QuerySet[Dataset] = datasets_visible(user=user)
    return visible.select_related("owner").annotate(cover_pk=Subquery(images[:1]))


def images_visible(*, user: User | Any) -> QuerySet[Image]:
    return Image.objects.filter(dataset__in=datasets_visible(user=user)).select_related("dataset")


def versions_visible(*, user: User | Any) -> QuerySet[Version]:
    mine = Version.objects.filter(dataset__in=datasets_visible(user=user))
    return mine.select_related("dataset", "created_by")


def image_get_visible(*, user: User | Any, pk: int) -> Image:
    """The image, or 404: whoever may not see its dataset does not learn that it is there."""
    found = images_visible(user=user).filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such image, or it is not shared with you.")
    return found


def image_get_changeable(*, user: User | Any, pk: int) -> Image:
    found = image_get_visible(user=user, pk=pk)
    if not found.dataset.may_be_changed_by(user):
        raise PermissionDenied(f"It belongs to {found.dataset.owner}; ask them.")
    return found


def version_get_visible(*, user: User | Any, pk: int) -> Version:
    found = versions_visible(user=user).filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such version, or it is not shared with you.")
    return found


def images_of_version(*, version: Version, split: str = "") -> QuerySet[Image]:
    """The images that a version froze; `split` as it was then, empty for all."""
    items = version.items.filter(split=split) if split else version.items.all()
    return Image.objects.filter(pk__in=items.values("image_id"))


def version_manifest(*, version: Version) -> Iterator[bytes]:
    """The canonical JSON whose SHA-256 is the version's, in pieces."""
    rows = version.items.order_by("file_id").values_list(*COLUMNS)
    return manifest_bytes(rows.iterator(1000))


def near_duplicates(*, dataset: Dataset, decided: bool = False) -> QuerySet[NearDuplicate]:
    """Pairs that look alike: those that wait for a decision, or those that have one.

    A pair of which an image is excluded anyway waits for nothing.
    """
    pairs = NearDuplicate.objects.filter(dataset=dataset)
    pairs = pairs.select_related("first", "second", "decided_by")
    if decided:
        return pairs.exclude(decision="")
    return pairs.filter(decision="", first__excluded_reason="", second__excluded_reason="")
