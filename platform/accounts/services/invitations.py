"""Invitations by link: used once, for a while, with roles that the inviter chose."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts import selectors
from accounts.errors import InvitationOver
from accounts.models import Invitation, Role, User
from accounts.secrets import digest, link_token
from accounts.services.people import give_roles, save_new
from core.audit import noted


@transaction.atomic
def invitation_create(
    *, by: User, roles: Iterable[Role | str], days: int, note: str = "", token: str = ""
) -> tuple[Invitation, str]:
    """Make an invitation; give it with the token of its link, which is kept nowhere in clear.

    The same `token` (of a form that was sent twice) leads to the same invitation.
    """
    if not by.is_superuser:
        raise PermissionDenied("Only an administrator may invite people.")
    token = token or link_token()
    invitation, is_new = Invitation.objects.get_or_create(
        token_sha256=digest(token),
        defaults={
            "note": note,
            "roles": [Role(role).value for role in roles],
            "created_by": by,
            "expires_at": timezone.now() + timedelta(days=days),
        },
    )
    if is_new:
        noted(actor=by, action="invitation.created", subject=invitation, roles=invitation.roles)
    return invitation, token


@transaction.atomic
def invitation_revoke(*, by: User, invitation: Invitation) -> None:
    if not by.is_superuser:
        raise PermissionDenied("Only an administrator may take an invitation back.")
    open_ones = Invitation.objects.filter(pk=invitation.pk, used_at=None, revoked_at=None)
    if open_ones.update(revoked_at=timezone.now()):
        noted(actor=by, action="invitation.revoked", subject=invitation)


@transaction.atomic
def invitation_accept(
    *, token: str, username: str, password: str, first_name: str = "", last_name: str = ""
) -> User:
    invitation = selectors.invitation_open(token=token)
    # One update decides who of two at once is the one person.
    now = timezone.now()
    if not Invitation.objects.filter(pk=invitation.pk, used_at=None, revoked_at=None).update(
        used_at=now
    ):
        raise InvitationOver("This invitation has been used already.")
    person = User(username=username, first_name=first_name, last_name=last_name)
    give_roles(person, invitation.roles)
    validate_password(password, person)
    person.set_password(password)
    save_new(person)
    Invitation.objects.filter(pk=invitation.pk).update(used_by=person)
    noted(actor=person, action="invitation.accepted", subject=invitation)
    return person
