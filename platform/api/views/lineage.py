from __future__ import annotations

from typing import TYPE_CHECKING

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from api.permissions import IsMember
from runs.lineage import as_json
from runs.lineage_of import lineage_of

if TYPE_CHECKING:
    from rest_framework.request import Request

_KINDS = ("run", "version", "image", "pair", "mask")
_KIND = OpenApiParameter("kind", str, OpenApiParameter.PATH, enum=_KINDS)
_PART = OpenApiParameter("part", OpenApiTypes.INT32, description="of a mask: one particle's label")


class LineageView(APIView):
    """What made a thing and what it made."""

    permission_classes = [IsMember]

    @extend_schema(parameters=[_KIND, _PART], responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, kind: str, pk: int) -> Response:
        """Both ways from a run, version, image, pair or mask, each thing with its facts."""
        part = request.query_params.get("part", "")
        if part and not (part.isdecimal() and len(part) < 10):
            raise ValidationError({"part": "Write the label of a particle."})
        found = lineage_of(user=request.user, kind=kind, pk=pk, part=int(part) if part else None)
        return Response(as_json(found))
