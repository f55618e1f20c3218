"""Accepting and rejecting the segmentation of an image."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from catalog.text import clean_line
from core.audit import noted
from review.errors import ReviewRefused
from review.models import Review, ReviewItem, State

REASON_LIMIT = 300


def item_decide(
    *, item: ReviewItem, by: User, state: str, reason: str = "", seen: int | None = None
) -> ReviewItem:
    """Accept or reject what was found in an image, or put it back to review.

    A rejection says why, so that whoever trains the next network knows. `seen` is the version that
    the person looked at: a decision about another one than the newest is refused.
    """
    if state not in State.values:
        raise ReviewRefused("An image is accepted, rejected or to review.")
    reason = clean_line(reason, limit=len(reason))
    if state == State.REJECTED and not reason:
        raise ReviewRefused("Say why it is rejected: a few words are enough.")
    if len(reason) > REASON_LIMIT:
        raise ReviewRefused(f"The reason may have {REASON_LIMIT} characters.")
    with transaction.atomic():
        now = (
            ReviewItem.objects.select_for_update(of=("self",))
            .select_related("head")
            .get(pk=item.pk)
        )
        if seen is not None and now.head is not None and now.head.number != seen:
            raise ReviewRefused(
                f"The mask was corrected meanwhile: it is version {now.head.number} now, you saw "
                f"version {seen}. Nothing was decided; look at it and decide again."
            )
        if now.state != state:
            counters = {f"{now.state}_count": F(f"{now.state}_count") - 1}
            counters[f"{state}_count"] = F(f"{state}_count") + 1
            Review.objects.filter(pk=now.review_id).update(**counters)
        now.state, now.reason = state, reason
        now.reviewer = None if state == State.PENDING else by
        now.decided_at = None if state == State.PENDING else timezone.now()
        now.save(update_fields=["state", "reason", "reviewer", "decided_at"])
        noted(actor=by, action=f"review.{state}", subject=now, reason=reason)
    return now
