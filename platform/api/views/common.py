"""What the views of the API share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet
    from rest_framework.response import Response
    from rest_framework.serializers import BaseSerializer
    from rest_framework.viewsets import GenericViewSet


def page_of(
    view: GenericViewSet[Any], rows: QuerySet[Any], serializer: type[BaseSerializer[Any]]
) -> Response:
    """One page of things that belong to the view's object."""
    page: Sequence[Any] = view.paginate_queryset(rows) or []
    return view.get_paginated_response(serializer(page, many=True).data)
