from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.models import Role
from accounts.permissions import person
from api.permissions import IsMember, writes_need
from api.serializers.exchange import ImportSerializer, UploadSerializer
from catalog.models import Dataset
from core.access import get_changeable
from exchange.models import Import
from exchange.services.imports import files_sent, import_start

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request


class UploadViewSet(GenericViewSet[Any]):
    """Files into a dataset: `POST /api/datasets/{dataset}/uploads/`, as multipart form."""

    serializer_class = UploadSerializer
    permission_classes = [IsMember, writes_need(Role.CURATOR)]
    parser_classes = [MultiPartParser]
    queryset = Import.objects.none()

    @extend_schema(request=UploadSerializer, responses={201: ImportSerializer})
    def create(self, request: Request, dataset: int) -> Response:
        """Take files in; the answer names the import to ask for."""
        target = get_changeable(Dataset.objects.all(), user=request.user, pk=dataset)
        sent: Any = request.data
        words = {name: sent.get(name, "") for name in ("source", "licence")}
        asked = UploadSerializer(data={"files": request.FILES.getlist("files"), **words})
        asked.is_valid(raise_exception=True)
        values = asked.validated_data
        files, left_out = files_sent(values["files"])
        batch = import_start(
            dataset=target,
            by=person(request),
            files=files,
            left_out=left_out,
            source=values["source"],
            licence=values["licence"],
        )
        return Response(ImportSerializer(batch).data, status=status.HTTP_201_CREATED)


class ImportViewSet(mixins.RetrieveModelMixin, GenericViewSet[Import]):
    """What became of uploads into datasets that you may see."""

    serializer_class = ImportSerializer
    permission_classes = [IsMember]
    queryset = Import.objects.none()

    def get_queryset(self) -> QuerySet[Import]:
        return Import.objects.filter(dataset__in=Dataset.objects.visible_to(self.request.user))
