from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from django.db import transaction
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.models import Role
from accounts.permissions import person
from api.permissions import IsMember, OwnerWrites, writes_need
from api.serializers.catalog import DatasetSerializer, ImageSerializer, VersionSerializer
from api.views.common import page_of
from catalog.filters import ImageFilter
from catalog.models import Dataset, Image, ScaleSource, Version
from catalog.services import (
    dataset_create,
    dataset_edit,
    image_bar_set,
    image_describe,
    image_exclude,
    image_include,
    image_scale_set,
    version_freeze,
)
from core.sending import file_response

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import FileResponse
    from rest_framework.permissions import BasePermission
    from rest_framework.request import Request

CURATOR: list[type[BasePermission]] = [IsMember, writes_need(Role.CURATOR), OwnerWrites]
_ID = OpenApiParameter("id", OpenApiTypes.INT64, OpenApiParameter.PATH)
_DESCRIBED = ("name", "description", "source", "licence")
_TYPED = ("split", "notes", "material", "shape", "source", "licence")
_IMAGE_FILTERS = tuple(field.name for field in fields(ImageFilter))


class DatasetViewSet(
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.CreateModelMixin,
    mixins.UpdateModelMixin,
    GenericViewSet[Dataset],
):
    """Datasets that you may see."""

    serializer_class = DatasetSerializer
    permission_classes = CURATOR
    http_method_names = ["get", "post", "patch", "head", "options"]
    queryset = Dataset.objects.none()

    def get_queryset(self) -> QuerySet[Dataset]:
        return Dataset.objects.visible_to(self.request.user).select_related("owner")

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = dataset_create(
            owner=person(self.request), **serializer.validated_data
        )

    def perform_update(self, serializer: Any) -> None:
        dataset = serializer.instance
        if serializer.validated_data.get("kind", dataset.kind) != dataset.kind:
            raise ValidationError({"kind": "The kind of a dataset does not change; make another."})
        described = {name: getattr(dataset, name) for name in _DESCRIBED}
        described |= serializer.validated_data
        described.pop("kind", None)
        dataset_edit(
            dataset=dataset,
            by=person(self.request),
            visibility=dataset.visibility,
            shared_with=dataset.shared_with.all(),
            **described,
        )

    @extend_schema(
        parameters=[_ID, *(OpenApiParameter(name, str) for name in _IMAGE_FILTERS)],
        responses=ImageSerializer(many=True),
    )
    @action(detail=True, serializer_class=ImageSerializer)
    def images(self, request: Request, pk: str | None = None) -> Response:
        """Its images, filtered as in the gallery: `name` is a part of it."""
        asked = request.query_params
        wanted = ImageFilter.from_query(asked)
        for name in _IMAGE_FILTERS:
            if asked.get(name, "").strip() and not getattr(wanted, name):
                raise ValidationError({name: "This is none of the choices."})
        return page_of(self, wanted.images(self.get_object()), ImageSerializer)

    @extend_schema(methods=["get"], parameters=[_ID], responses=VersionSerializer(many=True))
    @extend_schema(
        methods=["post"],
        parameters=[_ID],
        request=VersionSerializer,
        responses={201: VersionSerializer},
    )
    @action(detail=True, methods=["get", "post"], serializer_class=VersionSerializer)
    def versions(self, request: Request, pk: str | None = None) -> Response:
        """Its frozen versions; POST freezes it as it stands now."""
        dataset = self.get_object()
        if request.method == "POST":
            asked = VersionSerializer(data=request.data)
            asked.is_valid(raise_exception=True)
            with transaction.atomic():
                version = version_freeze(
                    dataset=dataset, by=person(request), note=asked.validated_data.get("note", "")
                )
            return Response(VersionSerializer(version).data, status=status.HTTP_201_CREATED)
        return page_of(self, dataset.versions.all(), VersionSerializer)


class ImageViewSet(mixins.RetrieveModelMixin, mixins.UpdateModelMixin, GenericViewSet[Image]):
    """Images of datasets that you may see."""

    serializer_class = ImageSerializer
    permission_classes = CURATOR
    http_method_names = ["get", "patch", "head", "options"]
    queryset = Image.objects.none()

    def perform_update(self, serializer: Any) -> None:
        image, asked = serializer.instance, serializer.validated_data
        with transaction.atomic():
            if "nm_per_px" in asked:
                source = ScaleSource.TYPED if asked["nm_per_px"] else ScaleSource.NONE
                image_scale_set(image=image, nm_per_px=asked["nm_per_px"], scale_source=source)
            if "data_bar_row" in asked:
                image_bar_set(image=image, data_bar_row=asked["data_bar_row"])
            if "excluded_reason" in asked:
                _exclude(image, asked["excluded_reason"])
            described = {name: asked.get(name, getattr(image, name)) for name in _TYPED}
            image_describe(image=image, **described)
        image.refresh_from_db()

    def get_queryset(self) -> QuerySet[Image]:
        seen = Dataset.objects.visible_to(self.request.user)
        return Image.objects.filter(dataset__in=seen).select_related("dataset")

    @extend_schema(parameters=[_ID], responses={(200, "application/octet-stream"): bytes})
    @action(detail=True)
    def file(self, request: Request, pk: str | None = None) -> FileResponse:
        """The file as it was uploaded, byte by byte."""
        image = self.get_object()
        return file_response(image.file, filename=image.name, download=True)


class VersionViewSet(mixins.RetrieveModelMixin, GenericViewSet[Version]):
    """Frozen versions of datasets that you may see."""

    serializer_class = VersionSerializer
    permission_classes = [IsMember]
    queryset = Version.objects.none()

    def get_queryset(self) -> QuerySet[Version]:
        return Version.objects.filter(dataset__in=Dataset.objects.visible_to(self.request.user))


def _exclude(image: Image, reason: str) -> None:
    if reason.strip():
        image_exclude(image=image, reason=reason)
    elif image.excluded_reason:
        image_include(image=image)
