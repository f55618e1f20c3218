"""Reviews in the lineage: what hangs on a run or an image, and where a mask or particle is from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import Http404
from django.urls import reverse

from catalog.models import Dataset, Image
from review.access import version_visible
from review.models import MaskVersion, Review, ReviewItem
from review.particles import particles_read
from runs import lineage
from runs.lineage_walk import Walk
from runs.models import Run
from runs.nodes import Branch, Lineage, Node

if TYPE_CHECKING:
    from runs.lineage_hooks import Thing

MOST = 50  # reviews of one image, versions of one mask


def register() -> None:
    lineage.register("mask", above=masked_by, below=reviewed_in, teller=mask_lineage)


def masked_by(thing: Thing, walk: Walk) -> Iterator[Branch]:
    """The reviewed mask that an image has as ground truth, where its review is shown."""
    if not isinstance(thing, Image) or thing.truth_id is None:
        return
    masks = MaskVersion.objects.filter(
        labels=thing.truth_id,
        item__image__file=thing.file_id,
        item__review__in=Review.objects.visible_to(walk.user),
    ).exclude(item__image=thing)
    version = masks.select_related("item__review", "parent", "author").order_by("pk").first()
    if version is not None:
        yield Branch(node=_version_node(version), how="ground truth", branches=_earlier(version))


def reviewed_in(thing: Thing, walk: Walk) -> Iterator[Branch]:
    """The reviews of a run, and an image's place in reviews, as far as the person sees them."""
    seen = Review.objects.visible_to(walk.user)
    if isinstance(thing, Run):
        for review in seen.filter(run=thing):
            taught = _taught(MaskVersion.objects.filter(item__review=review), walk)
            yield Branch(node=_review_node(review), how="reviewed in", branches=taught)
    elif isinstance(thing, Image):
        items = ReviewItem.objects.filter(image=thing, review__in=seen).select_related("review")
        for item in items.order_by("pk")[:MOST]:
            yield Branch(node=_item_node(item), how="reviewed in", branches=_masks(item, walk))


def mask_lineage(user: Any, pk: int, label: int | None) -> Lineage:
    """From a mask, or from one particle of it, back to the seed of the scenes it was learnt on."""
    version = version_visible(user=user, pk=pk)
    made_from = [
        *_earlier(version),
        lineage.made_by(version.made_by_run, user=user, how="made by"),
    ]
    led_to = _led_to(version, Walk(user))
    if label is None:
        return Lineage(centre=_version_node(version), made_from=made_from, led_to=led_to)
    mask = Branch(node=_version_node(version), how="labelled in", branches=made_from)
    return Lineage(centre=_particle_node(version, label), made_from=[mask], led_to=led_to)


def _masks(item: ReviewItem, walk: Walk) -> list[Branch]:
    """The network's mask of an image, and what was corrected from it."""
    first = item.versions.filter(parent=None).select_related("item", "author").order_by("number")
    return [
        Branch(node=_version_node(one), how="measured in", branches=_led_to(one, walk))
        for one in first
    ]


def _led_to(version: MaskVersion, walk: Walk) -> list[Branch]:
    """The corrections that began with it, oldest first, each with the datasets that it taught.

    Side by side, however long the chain: a page that nests them would be too deep to be drawn.
    """
    found = _taught(MaskVersion.objects.filter(pk=version.pk), walk)
    reached = {version.pk}
    later = version.item.versions.filter(number__gt=version.number).select_related("item", "author")
    for one in later.order_by("number"):
        if one.parent_id in reached and len(reached) <= MOST:
            reached.add(one.pk)
            taught = _taught(MaskVersion.objects.filter(pk=one.pk), walk)
            found.append(Branch(node=_version_node(one), how="corrected to", branches=taught))
    return found


def _taught(masks: QuerySet[MaskVersion], walk: Walk) -> list[Branch]:
    """The datasets, shared with the person, that have such a mask as ground truth of its image.

    The image that was reviewed is no such one: its truth, where it is the same, came before.
    """
    has_it = masks.filter(labels=OuterRef("truth"), item__image__file=OuterRef("file"))
    made = (
        Image.objects.filter(truth__in=masks.values("labels"))  # by its index
        .filter(Exists(has_it.exclude(item__image=OuterRef("pk"))))
        .values("dataset")
        .annotate(images=Count("pk"))
        .order_by("dataset")
    )
    counts = {row["dataset"]: row["images"] for row in made[:MOST]}
    visible = Dataset.objects.visible_to(walk.user).filter(pk__in=counts).order_by("pk")
    return [walk.below_dataset(one, _truth_of(counts[one.pk])) for one in visible]


def _truth_of(count: int) -> str:
    return "ground truth of " + ("1 image" if count == 1 else f"{count} images")


def _earlier(version: MaskVersion) -> list[Branch]:
    """The versions that a correction was made from, nearest first."""
    before = version.item.versions.filter(number__lt=version.number)
    rows = {one.pk: one for one in before.select_related("item", "author")}
    found: list[Branch] = []
    while version.parent_id in rows and len(found) < MOST:
        version = rows[version.parent_id]
        found.append(Branch(node=_version_node(version), how="corrected from"))
    return found


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
