"""Who else may see what somebody owns; every app shares its own objects through this."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.errors import Refused
from accounts.models import User
from core.access import Owned, Visibility
from core.audit import noted


@transaction.atomic
def share(*, obj: Owned, by: User, visibility: str, people: Iterable[User] = ()) -> None:
    """Set who may see `obj`. Named people count only where it is shared with named people."""
    if not obj.may_be_changed_by(by):
        raise PermissionDenied(f"It belongs to {obj.owner}; only they can share it.")
    if visibility not in Visibility.values:
        raise Refused("Choose who may see it: private, shared, or everyone in the lab.")
    named = {person.pk: person for person in people if person.pk != obj.owner_id}
    if visibility != Visibility.SHARED:
        named = {}
    elif not named:
        raise Refused("Name at least one person to share it with, or keep it private.")
    outside = [str(person) for person in named.values() if not person.is_member]
    if outside:
        raise Refused(f"{', '.join(outside)} cannot see it: they are here to judge images only.")
    obj.visibility = visibility
    obj.save(update_fields=["visibility"])
    obj.shared_with.set(named.values())
    noted(actor=by, action="shared", subject=obj, visibility=visibility, people=sorted(named))
