"""What the pages of reviews read."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from catalog.models import Dataset, Image
from core.models import StoredFile
from core.paging import Page, page_by_key
from review.models import Comparison, Correction, MaskVersion, Progress, Review, ReviewItem, State
from review.services.comparisons import mask_name
from runs.fairness import network_knows

REVIEWS_A_PAGE, ITEMS_A_PAGE = 30, 48
MOST_RIVALS = 30


def reviews_page(*, user: Any, after: int | None, before: int | None) -> Page[Review]:
    rows: QuerySet[Review] = Review.objects.visible_to(user).select_related("owner", "run")
    return page_by_key(rows, size=REVIEWS_A_PAGE, after=after, before=before)


def items_page(
    *, review: Review, state: str, after: int | None, before: int | None
) -> Page[ReviewItem]:
    rows = ReviewItem.objects.filter(review=review).select_related("head", "reviewer", "image")
    if state in State.values:
        rows = rows.filter(state=state)
    return page_by_key(rows, size=ITEMS_A_PAGE, after=after, before=before, newest_first=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    previous: int | None
    next: int | None
    next_pending: int | None


def neighbours(*, item: ReviewItem) -> Neighbours:
    others = ReviewItem.objects.filter(review=item.review_id).values_list("pk", flat=True)
    later = others.filter(pk__gt=item.pk).order_by("pk")
    return Neighbours(
        previous=others.filter(pk__lt=item.pk).order_by("-pk").first(),
        next=later.first(),
        next_pending=later.filter(state=State.PENDING).first(),
    )


def versions_of(*, item: ReviewItem) -> QuerySet[MaskVersion]:
    return item.versions.select_related("author", "made_by_run").order_by("-number")


def pending_correction(*, item: ReviewItem) -> Correction | None:
    return item.corrections.filter(progress=Progress.PENDING).select_related("author").first()


def weights_of(*, version: MaskVersion) -> str:
    """The SHA-256 of the weights that found the particles; empty for the shipped network."""
    run = version.item.review.run
    given = run.inputs.filter(field="weights").select_related("source_run").first()
    if given is None or given.source_run is None:
        return ""
    made = given.source_run.artifacts.filter(path__endswith=".safetensors").first()
    return made.file_id if made else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """Another mask of the same image; `key` names it in a form."""

    key: str
    name: str
    version: MaskVersion | None = None
    truth: StoredFile | None = None


def rivals_of(*, item: ReviewItem, user: Any) -> list[Rival]:
    """Masks to compare the newest one with: earlier ones, other reviews', the manual one.

    Only what the person may see.
    """
    found = []
    image = item.image
    if (
        image is not None
        and image.truth_id is not None
        and Dataset.objects.visible_to(user).filter(pk=image.dataset_id).exists()
    ):
        found.append(Rival(key="truth", name="The manual mask", truth=image.truth))
    own = item.versions.exclude(pk=item.head_id or 0).select_related("author", "item__review")
    rows = list(own.order_by("-number")[:MOST_RIVALS])
    if image is not None:
        others = ReviewItem.objects.filter(
            image=image, review__in=Review.objects.visible_to(user)
        ).exclude(pk=item.pk)
        heads = others.filter(head__isnull=False).values("head")[:MOST_RIVALS]
        rows += MaskVersion.objects.filter(
            pk__in=list(heads.values_list("head", flat=True))
        ).select_related("author", "item__review")
    found += [Rival(key=str(row.pk), name=mask_name(row), version=row) for row in rows]
    return found


def remembered_by(*, comparison: Comparison) -> list[str]:
    """The networks' masks, of two that are compared, whose network was trained on the image.

    What such a mask has in common with a manual one tells how well the network remembers.
    """
    image = comparison.item.image_id
    if image is None:
        return []
    asked = [(comparison.first, comparison.first_name), (comparison.second, comparison.second_name)]
    return [
        name
        for mask, name in asked
        if mask is not None
        and network_knows(predictions=mask.made_by_run, images=Image.objects.filter(pk=image))
    ]
