"""The token for scripts, for a name and a password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.authtoken.models import Token
from rest_framework.authtoken.serializers import AuthTokenSerializer
from rest_framework.authtoken.views import ObtainAuthToken
from rest_framework.exceptions import Throttled, ValidationError

from accounts.wrong_passwords import forgive

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.response import Response

_WAIT_S = round(settings.AXES_COOLOFF_TIME * 3600)


class TokenView(ObtainAuthToken):
    """A wrong password counts as one on the page of signing in does, for both together."""

    @extend_schema(
        request=AuthTokenSerializer,
        responses={
            200: AuthTokenSerializer,
            400: OpenApiResponse(description="Name and password do not belong together."),
            429: OpenApiResponse(description="Too many wrong passwords; wait, then ask again."),
        },
    )
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Give the token that belongs to a name and its password."""
        try:
            answer = super().post(request, *args, **kwargs)
        except ValidationError:
            # What counts wrong passwords says so on the request; the serializer never hears of it.
            if getattr(request, "axes_locked_out", False):
                raise Locked from None
            raise
        # Nobody is signed in by this, so what counts does not hear of the right password either.
        token = Token.objects.select_related("user").get(key=answer.data["token"])
        forgive(request=request, username=token.user.get_username())
        return answer


class Locked(Throttled):
    def __init__(self) -> None:
        super().__init__(
            detail="Too many tries: somebody has tried to sign in by this name from this address "
            f"{settings.AXES_FAILURE_LIMIT} times with a wrong password. Wait {_WAIT_S // 60} "
            "minutes and try again; an administrator can give you a new password, which ends the "
            "wait."
        )
        self.wait = _WAIT_S  # as a header; the base class would add the seconds to the sentence
