from __future__ import annotations

from typing import TYPE_CHECKING

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.viewsets import GenericViewSet

from api.permissions import IsMember
from api.serializers.review import (
    MaskVersionSerializer,
    ReviewItemSerializer,
    ReviewSerializer,
)
from api.views.common import page_of
from core.sending import file_response
from review.models import MaskVersion, Review, ReviewItem

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import FileResponse
    from rest_framework.request import Request
    from rest_framework.response import Response

_ID = OpenApiParameter("id", OpenApiTypes.INT64, OpenApiParameter.PATH)


class ReviewViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[Review]):
    """Reviews of segmentations that you may see."""

    serializer_class = ReviewSerializer
    permission_classes = [IsMember]
    queryset = Review.objects.none()

    def get_queryset(self) -> QuerySet[Review]:
        return Review.objects.visible_to(self.request.user).select_related("owner")

    @extend_schema(parameters=[_ID], responses=ReviewItemSerializer(many=True))
    @action(detail=True, serializer_class=ReviewItemSerializer)
    def items(self, request: Request, pk: str | None = None) -> Response:
        """Its images, each with the newest version of its mask."""
        return page_of(self, self.get_object().items.all(), ReviewItemSerializer)


class ReviewItemViewSet(mixins.RetrieveModelMixin, GenericViewSet[ReviewItem]):
    """Images of reviews."""

    serializer_class = ReviewItemSerializer
    permission_classes = [IsMember]
    queryset = ReviewItem.objects.none()

    def get_queryset(self) -> QuerySet[ReviewItem]:
        return ReviewItem.objects.filter(review__in=Review.objects.visible_to(self.request.user))

    @extend_schema(parameters=[_ID], responses=MaskVersionSerializer(many=True))
    @action(detail=True, serializer_class=MaskVersionSerializer)
    def masks(self, request: Request, pk: str | None = None) -> Response:
        """All versions of its mask: the network's, and each correction."""
        rows = self.get_object().versions.select_related("author")
        return page_of(self, rows, MaskVersionSerializer)


class MaskVersionViewSet(mixins.RetrieveModelMixin, GenericViewSet[MaskVersion]):
    """Versions of masks."""

    serializer_class = MaskVersionSerializer
    permission_classes = [IsMember]
    queryset = MaskVersion.objects.none()

    def get_queryset(self) -> QuerySet[MaskVersion]:
        seen = Review.objects.visible_to(self.request.user)
        rows = MaskVersion.objects.filter(item__review__in=seen)
        return rows.select_related("author", "labels", "particles")

    @extend_schema(parameters=[_ID], responses={(200, "image/png"): bytes})
    @action(detail=True, url_path="labels/file")
    def labels(self, request: Request, pk: str | None = None) -> FileResponse:
        """Instance labels: PNG of 16 bits, 0 is the ground."""
        version = self.get_object()
        return file_response(version.labels, filename=f"mask-{version.pk}.png", download=True)

    @extend_schema(parameters=[_ID], responses={(200, "application/json"): bytes})
    @action(detail=True, url_path="particles/file")
    def particles(self, request: Request, pk: str | None = None) -> FileResponse:
        """The measured particles, as JSON."""
        version = self.get_object()
        return file_response(version.particles, filename=f"mask-{version.pk}.json", download=True)
