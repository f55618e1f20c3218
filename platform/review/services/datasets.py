"""Corrected masks become ground truth that a network can be trained and tested on."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from catalog.errors import DuplicateImage, NameTaken
from catalog.models import Dataset, Kind, ScaleSource, Version
from catalog.services import dataset_create, image_add, version_freeze
from core.audit import noted
from review.errors import ReviewRefused
from review.models import Review, State


def corrected_dataset(*, review: Review, by: User, name: str = "") -> Version:
    """A new dataset, frozen, of the accepted images with their newest masks as ground truth.

    The images of the reviewed dataset stay as they are: what was trained on them stays true.
    """
    accepted = review.items.filter(state=State.ACCEPTED, image__isnull=False)
    items = list(accepted.select_related("image__dataset", "head__labels").order_by("pk"))
    if not items:
        raise ReviewRefused(
            "No image of it is accepted yet, or none of them lies in a dataset. Accept some first."
        )
    with transaction.atomic():
        dataset = _dataset(review, by, name)
        for item in items:
            image = item.image
            if image is None or item.head is None:  # excluded by the query; said for the reader
                continue
            try:
                image_add(
                    dataset=dataset,
                    name=image.name,
                    file=image.file,
                    view=image.view,
                    thumbnail=image.thumbnail,
                    width_px=image.width_px,
                    height_px=image.height_px,
                    added_by=by,
                    phash=image.phash,
                    nm_per_px=image.nm_per_px,
                    scale_source=image.scale_source or ScaleSource.NONE,
                    data_bar_row=image.data_bar_row,
                    truth=item.head.labels,
                    material=image.material,
                    shape=image.shape,
                    source=image.source or image.dataset.source,
                    licence=image.licence or image.dataset.licence,
                    split=image.split,
                )
            except DuplicateImage:
                continue  # the same bytes twice in one review: once is enough
        version = version_freeze(
            dataset=dataset, by=by, note=f"Accepted masks of the review {review.title}"[:200]
        )
        noted(actor=by, action="review.dataset_made", subject=review, version=version.pk)
    return version


def _dataset(review: Review, by: User, name: str) -> Dataset:
    wanted = name or f"{review.title}, corrected"
    for number in range(1, 100):
        called = wanted[:100] if number == 1 else f"{wanted[:100]} ({number})"
        try:
            with transaction.atomic():
                return dataset_create(
                    owner=by,
                    name=called,
                    kind=Kind.REAL,
                    description=f"Images and accepted masks of the review “{review.title}”.",
                )
        except NameTaken:
            continue
    raise ReviewRefused("Give the dataset another name: this one is taken.")
