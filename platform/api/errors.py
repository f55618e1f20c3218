"""Refusals of the services as answers of the API: 400, with the sentence that people read too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.exceptions import APIException, ParseError, ValidationError
from rest_framework.views import exception_handler

from catalog.errors import CatalogError
from exchange.errors import ExchangeRefused
from review.errors import ReviewRefused, VersionConflict
from runs.errors import RunRefused

if TYPE_CHECKING:
    from rest_framework.response import Response


class Conflict(APIException):
    """409: the mask is another one by now, `newest`, or somebody's correction is being computed."""

    status_code = 409

    def __init__(self, conflict: VersionConflict) -> None:
        newest = conflict.newest
        super().__init__()
        told: Any = {
            "detail": f"{conflict} Correct the newest version, and send it again.",
            "newest": newest.number,
            "mask": newest.pk,
            "pending": conflict.pending.pk if conflict.pending else None,
        }
        self.detail = told  # numbers stay numbers; the base class would write them as texts


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """Django REST framework's handler, which knows our refusals too."""
    if isinstance(error, VersionConflict):
        error = Conflict(error)
    elif isinstance(error, RecursionError):
        error = ParseError("It is nested too deeply to be read.")
    elif isinstance(error, ReviewRefused):
        error = ValidationError({"detail": str(error)})
    elif isinstance(error, RunRefused):
        error = ValidationError({error.field or "detail": [error.reason]})
    elif isinstance(error, CatalogError | ExchangeRefused):
        error = ValidationError({"detail": str(error)})
    return exception_handler(error, context)
