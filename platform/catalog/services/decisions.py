"""What people decide about images that look alike."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from catalog.errors import Refused
from catalog.models import Decision, NearDuplicate
from catalog.services.images import image_exclude


def near_duplicate_decide(*, pair: NearDuplicate, decision: str, by: User) -> NearDuplicate:
    """Keep both, or exclude one; the decision is remembered and may be changed."""
    if decision not in {Decision.KEPT, Decision.FIRST, Decision.SECOND}:
        raise Refused("Decide to keep both, or to exclude the first or the second.")
    with transaction.atomic():
        if decision != Decision.KEPT:
            out, kept = pair.first, pair.second
            if decision == Decision.SECOND:
                out, kept = kept, out
            image_exclude(image=out, reason=f"Near-duplicate of {kept.name}")
        pair.decision, pair.decided_by, pair.decided_at = decision, by, timezone.now()
        pair.save(update_fields=["decision", "decided_by", "decided_at"])
    return pair
