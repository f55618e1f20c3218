"""Addresses outside of the API that take its token as well as the session of a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from rest_framework.authentication import CSRFCheck, TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

if TYPE_CHECKING:
    from django.http import HttpRequest


class TokenRefused(Exception):
    """A token that is none, or whose owner may not come in any more."""


def let_in(request: HttpRequest) -> None:
    """Make `request.user` the owner of the token, or hold the session to the rules of forms.

    For views that are exempt from Django's own check: who comes by a token has no cookie that a
    foreign page could use; who comes by a session must show that a page of ours sent it.
    """
    try:
        asked: Any = request  # its headers are all that is read of it
        found = TokenAuthentication().authenticate(asked)
    except AuthenticationFailed as error:
        raise TokenRefused(str(error.detail)) from None
    if found is not None:
        request.user = found[0]
        return
    check: Any = CSRFCheck(HttpResponse)  # which is never asked for an answer
    check.process_request(request)
    if reason := check.process_view(request, None, (), {}):
        raise PermissionDenied(f"This did not come from a page of this server: {reason}")
