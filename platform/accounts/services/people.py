"""People are made, changed and sent away; `by` is None where it was done at the server's shell."""

from __future__ import annotations

from collections.abc import Iterable

from axes.utils import reset as axes_reset
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from rest_framework.authtoken.models import Token

from accounts.errors import Refused
from accounts.models import Role, User
from accounts.secrets import one_time_password
from core.audit import noted


@transaction.atomic
def person_create(
    *,
    by: User | None,
    username: str,
    roles: Iterable[Role | str] = (),
    administrator: bool = False,
    first_name: str = "",
    last_name: str = "",
    secret: str = "",
) -> tuple[User, str]:
    """Make a person; give them with the password to hand over, which is kept nowhere in clear.

    The same `secret` (of a form that was sent twice) leads to the same person and password.
    """
    _need_administrator(by)
    password = one_time_password(secret)
    person = User(
        username=username,
        first_name=first_name,
        last_name=last_name,
        is_superuser=administrator,
        password_is_temporary=True,
    )
    give_roles(person, roles)
    person.set_password(password)
    try:
        save_new(person)
    except Refused:
        if secret and (made := _made_with(username, password)):
            return made, password
        raise
    noted(actor=by, action="person.created", subject=person, **_powers(person))
    return person, password


@transaction.atomic
def person_edit(
    *,
    by: User | None,
    person: User,
    roles: Iterable[Role | str],
    administrator: bool,
    first_name: str = "",
    last_name: str = "",
) -> User:
    _need_administrator(by)
    if person.is_superuser and not administrator:
        _keep_an_administrator(by, person)
    before = _powers(person)
    person.first_name, person.last_name = first_name, last_name
    person.is_superuser = administrator
    give_roles(person, roles)
    person.save()
    if before != _powers(person):
        noted(actor=by, action="person.roles_changed", subject=person, **_powers(person))
    return person


@transaction.atomic
def person_deactivate(*, by: User | None, person: User) -> None:
    """Close the door: sessions and the API token end at once; what they made stays."""
    _need_administrator(by)
    _keep_an_administrator(by, person)
    person.is_active = False
    person.save(update_fields=["is_active"])
    Token.objects.filter(user=person).delete()
    noted(actor=by, action="person.deactivated", subject=person)


@transaction.atomic
def person_activate(*, by: User | None, person: User) -> None:
    _need_administrator(by)
    person.is_active = True
    person.save(update_fields=["is_active"])
    noted(actor=by, action="person.activated", subject=person)


@transaction.atomic
def password_reset(*, by: User | None, person: User, secret: str = "") -> str:
    """Give a new password to hand over; it ends the person's sessions and lifts a rate limit.

    The same `secret` (of a form that was sent twice) leads to the same password, until the person
    has signed in with it: a page that is sent again later makes nobody's old password work again.
    """
    _need_administrator(by)
    password = one_time_password(f"{secret} {person.last_login}" if secret else "")
    if secret and _made_with(person.username, password):
        return password
    person.set_password(password)
    person.password_is_temporary = True
    person.save(update_fields=["password", "password_is_temporary"])
    axes_reset(username=person.username)
    noted(actor=by, action="person.password_reset", subject=person)
    return password


@transaction.atomic
def password_change(*, person: User, password: str) -> None:
    validate_password(password, person)
    person.set_password(password)
    person.password_is_temporary = False
    person.save(update_fields=["password", "password_is_temporary"])
    noted(actor=person, action="person.password_changed", subject=person)


@transaction.atomic
def token_renew(*, person: User) -> str:
    """Give a new token for the API; the one before ends."""
    Token.objects.filter(user=person).delete()
    token = Token.objects.create(user=person)
    noted(actor=person, action="person.token_renewed", subject=person)
    return str(token.key)


def save_new(person: User) -> None:
    taken = Refused("Somebody has this name already; choose another one.")
    if User.objects.filter(username__iexact=person.username).exists():
        raise taken
    person.full_clean(exclude=["password"])
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:  # somebody was faster
        raise taken from None


def give_roles(person: User, roles: Iterable[Role | str]) -> None:
    wanted = {Role(role) for role in roles}
    for role in Role:
        setattr(person, f"is_{role.value}", role in wanted)


def _made_with(username: str, password: str) -> User | None:
    """The person who waits with this very password for their first sign-in, if there is one."""
    found = User.objects.filter(username=username, password_is_temporary=True).first()
    return found if found is not None and found.check_password(password) else None


def _powers(person: User) -> dict[str, object]:
    roles = [role.value for role in Role if getattr(person, f"is_{role.value}")]
    return {"roles": roles, "administrator": person.is_superuser}


def _need_administrator(by: User | None) -> None:
    if by is not None and not by.is_superuser:
        raise PermissionDenied("Only an administrator may change people.")


def _keep_an_administrator(by: User | None, person: User) -> None:
    if by is not None and by.pk == person.pk:
        raise Refused("You cannot do this to yourself; ask another administrator.")
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=person.pk)
    if person.is_superuser and not others.exists():
        raise Refused("This is the last administrator; make another one first.")
