"""Doors by role: a visitor is sent to sign in, a person without the role is told who has it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase

from accounts.models import Role, User

if TYPE_CHECKING:
    from django.http import HttpRequest

ViewT = TypeVar("ViewT", bound=Callable[..., HttpResponseBase])


def person(request: HttpRequest) -> User:
    """Who asks, behind a door that let in only people who signed in."""
    return cast(User, request.user)


def require_role(user: User | Any, role: Role) -> None:
    if not user.has(role):
        raise PermissionDenied(
            f"This needs the role {role.label.lower()}; an administrator can give it to you."
        )


def role_required(role: Role) -> Callable[[ViewT], ViewT]:
    def decorate(view: ViewT) -> ViewT:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            require_role(request.user, role)
            return view(request, *args, **kwargs)

        return cast(ViewT, guarded)

    return decorate


def member_required(view: ViewT) -> ViewT:
    """Any member of the lab; somebody who is only a rater is kept out."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not cast(User, request.user).is_member:
            raise PermissionDenied("You are here to judge images; open the link you were sent.")
        return view(request, *args, **kwargs)

    return cast(ViewT, guarded)


def administrator_required(view: ViewT) -> ViewT:
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not cast(User, request.user).is_superuser:
            raise PermissionDenied("Only an administrator manages people.")
        return view(request, *args, **kwargs)

    return cast(ViewT, guarded)
