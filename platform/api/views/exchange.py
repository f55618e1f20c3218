from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.models import Role
from accounts.permissions import person
from api.permissions import IsMember, writes_need
from api.serializers.exchange import ImportSerializer, UploadSerializer
from catalog.models import Dataset
from core.access import get_changeable
from exchange.models import Import
from exchange.selectors import uploads_own
from exchange.services.imports import files_sent, import_start

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request


class UploadViewSet(GenericViewSet[Any]):
    """Files into a dataset: `POST /api/datasets/{dataset}/uploads/`.

    As a multipart form with `files`; or with `uploads`, the keys of files that were sent in pieces
    (see the beginning of this document), as a form or JSON.
    """

    serializer_class = UploadSerializer
    permission_classes = [IsMember, writes_need(Role.CURATOR)]
    parser_classes = [MultiPartParser, JSONParser]
    queryset = Import.objects.none()

    @extend_schema(request=UploadSerializer, responses={201: ImportSerializer})
    def create(self, request: Request, dataset: int) -> Response:
        """Take files in; the answer names the import to ask for."""
        target = get_changeable(Dataset.objects.all(), user=request.user, pk=dataset)
        asked = UploadSerializer(data=_as_sent(request))
        asked.is_valid(raise_exception=True)
        values = asked.validated_data
        by = person(request)
        pieces = uploads_own(user=by, dataset_pk=target.pk, keys=values["uploads"])
        if len(pieces) < len(set(values["uploads"])):
            raise ValidationError({"uploads": ["Some of these are no uploads of yours into it."]})
        files, left_out = files_sent(values["files"])
        batch = import_start(
            dataset=target,
            by=by,
            files=files,
            pieces=pieces,
            left_out=left_out,
            source=values["source"],
            licence=values["licence"],
        )
        return Response(ImportSerializer(batch).data, status=status.HTTP_201_CREATED)


def _as_sent(request: Request) -> Any:
    """A form names a field once for each of several values."""
    sent = request.data
    if not isinstance(sent, QueryDict):
        return sent
    several = {name: sent.getlist(name) for name in ("files", "uploads")}
    return {name: sent.get(name, "") for name in ("source", "licence")} | several


class ImportViewSet(mixins.RetrieveModelMixin, GenericViewSet[Import]):
    """What became of uploads into datasets that you may see."""

    serializer_class = ImportSerializer
    permission_classes = [IsMember]
    queryset = Import.objects.none()

    def get_queryset(self) -> QuerySet[Import]:
        return Import.objects.filter(dataset__in=Dataset.objects.visible_to(self.request.user))
