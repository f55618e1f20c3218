"""Refusals of the services as answers of the API: 400, with the sentence that people read too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.exceptions import ValidationError
from rest_framework.views import exception_handler

from catalog.errors import CatalogError
from exchange.errors import ExchangeRefused
from runs.errors import RunRefused

if TYPE_CHECKING:
    from rest_framework.response import Response


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """Django REST framework's handler, which knows our refusals too."""
    if isinstance(error, RunRefused):
        error = ValidationError({error.field or "detail": [error.reason]})
    elif isinstance(error, CatalogError | ExchangeRefused):
        error = ValidationError({"detail": str(error)})
    return exception_handler(error, context)
