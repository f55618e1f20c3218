from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.errors import InvitationOver
from accounts.models import Invitation, User
from accounts.secrets import digest


def people(*, search: str = "") -> QuerySet[User]:
    """Everybody who has or had an account here; `search` looks into all names."""
    found = User.objects.all()
    for word in search.split():
        found = found.filter(
            Q(username__icontains=word)
            | Q(first_name__icontains=word)
            | Q(last_name__icontains=word)
        )
    return found


def people_named(*, usernames: Iterable[str]) -> tuple[list[User], list[str]]:
    """The active people of these names, and the names that nobody has."""
    wanted = {name.strip() for name in usernames} - {""}
    found = list(User.objects.filter(username__in=wanted, is_active=True))
    return found, sorted(wanted - {person.username for person in found})


def invitations_open() -> QuerySet[Invitation]:
    return Invitation.objects.filter(
        used_at=None, revoked_at=None, expires_at__gt=timezone.now()
    ).select_related("created_by")


def invitation_open(*, token: str) -> Invitation:
    """The invitation of a link, as long as it can be used."""
    invitation = Invitation.objects.filter(token_sha256=digest(token)).first()
    if invitation is None:
        raise InvitationOver("This is no invitation; was the whole link copied?")
    said = {
        "used": "This invitation has been used already.",
        "revoked": "This invitation has been taken back.",
        "expired": "This invitation has expired.",
    }
    if invitation.status in said:
        raise InvitationOver(said[invitation.status])
    return invitation
