"""Who could have opened things of the platform: now, or by what the log of actions says."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Model, Q

from core.access import OwnedQuerySet, Visibility
from core.models import AuditEntry


def could_open(things: OwnedQuerySet, *, user: Any) -> set[int]:
    """The keys of those that a person may open, or may have opened before.

    Access that was taken back, or a role that was lost, makes nobody forget what they saw: who did
    something to a thing, and whom it was once shared with, stands in the log.
    """
    keys = set(things.values_list("pk", flat=True))
    now = set(things.visible_to(user).values_list("pk", flat=True)) if keys else set()
    return now | acted_on(things.model, keys - now, user=user, shared=True)


def acted_on(
    model: type[Model], keys: Collection[int], *, user: Any, shared: bool = False
) -> set[int]:
    """Those that the log names the person with, as the one who acted.

    With `shared`, also those that were shared with them once, by name or with the whole lab.
    """
    subjects = {f"{model._meta.label_lower}:{key}": key for key in keys}
    told = Q(actor=user)
    if shared:
        told |= Q(action__endswith="shared")
    entries = AuditEntry.objects.filter(told, subject__in=subjects).values_list(
        "subject", "actor_id", "details"
    )
    return {
        subjects[subject]
        for subject, actor, details in entries.iterator()
        if actor == user.pk
        or user.pk in details.get("people", ())
        or (user.is_member and details.get("visibility") == Visibility.LAB)
    }
