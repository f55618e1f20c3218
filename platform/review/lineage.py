"""Reviews in the lineage: what hangs on a run or an image, and where a mask or particle is from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import Http404
from django.urls import reverse

from catalog.models import Image, Version
from review.access import version_visible
from review.models import MaskVersion, Review, ReviewItem
from review.particles import particles_read
from runs import lineage
from runs.models import Run
from runs.nodes import Branch, Lineage, Node

MOST = 50  # reviews of one image, versions of one mask


def register() -> None:
    lineage.register("mask", hung_on, teller=mask_lineage)


def hung_on(thing: Run | Version | Image, user: Any) -> Iterator[tuple[str, Node]]:
    """The reviews of a run, and an image's place in reviews, as far as the person sees them."""
    seen = Review.objects.visible_to(user)
    if isinstance(thing, Run):
        for review in seen.filter(run=thing):
            yield "reviewed in", _review_node(review)
    elif isinstance(thing, Image):
        items = ReviewItem.objects.filter(image=thing, review__in=seen).select_related("review")
        for item in items.order_by("pk")[:MOST]:
            yield "reviewed in", _item_node(item)


def mask_lineage(user: Any, pk: int, label: int | None) -> Lineage:
    """From a mask, or from one particle of it, back to the seed of the scenes it was learnt on."""
    version = version_visible(user=user, pk=pk)
    made_from = [
        *_earlier(version),
        lineage.made_by(version.made_by_run, user=user, how="made by"),
    ]
    if label is None:
        later = version.children.select_related("item").order_by("pk")[:MOST]
        led_to = [Branch(node=_version_node(one), how="corrected to") for one in later]
        return Lineage(centre=_version_node(version), made_from=made_from, led_to=led_to)
    mask = Branch(node=_version_node(version), how="labelled in", branches=made_from)
    return Lineage(centre=_particle_node(version, label), made_from=[mask], led_to=[])


def _earlier(version: MaskVersion) -> list[Branch]:
    """The versions that a correction was made from, nearest first, each below the one after it."""
    if version.parent is None:
        return []
    node = _version_node(version.parent)
    return [Branch(node=node, how="corrected from", branches=_earlier(version.parent))]


def _review_node(review: Review) -> Node:
    return Node(
        key=f"review:{review.pk}",
        kind="review",
        title=f"Review {review.title}",
        address=reverse("review:review", args=[review.pk]),
        facts={"accepted": review.accepted_count, "rejected": review.rejected_count},
    )


def _item_node(item: ReviewItem) -> Node:
    return Node(
        key=f"review-item:{item.pk}",
        kind="review-item",
        title=f"{item.name} in review {item.review.title}",
        address=reverse("review:item", args=[item.pk]),
        facts={"state": item.state},
    )


def _version_node(version: MaskVersion) -> Node:
    item = version.item
    return Node(
        key=f"mask:{version.pk}",
        kind="mask",
        title=f"Mask version {version.number} of {item.name}",
        address=reverse("review:item", args=[item.pk]),
        facts={
            "labels_sha256": version.labels_id,
            "particles_sha256": version.particles_id,
            "particles": version.particle_count,
            "edits": version.edits,
            "author": str(version.author or ""),
            "made_at": version.created_at.isoformat(),
            "image": item.image_id,
        },
    )


def _particle_node(version: MaskVersion, label: int) -> Node:
    told = particles_read(version.particles)
    columns = told["columns"]
    if label not in columns["label"]:
        raise Http404(f"There is no particle {label} in this version of the mask.")
    row = columns["label"].index(label)
    decided = version.decisions.filter(label=label).first()
    return Node(
        key=f"particle:{version.pk}:{label}",
        kind="particle",
        title=f"Particle {label} of {version.item.name}",
        address=reverse("review:item", args=[version.item_id]),
        facts={
            **{name: values[row] for name, values in columns.items() if name != "outline"},
            "nm_per_px": told["nm_per_px"],
            "verdict": decided.verdict if decided else "",
        },
    )
