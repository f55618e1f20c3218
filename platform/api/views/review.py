"""Reviews: started, read, corrected and decided on, by the rules of the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from accounts.permissions import person
from api.permissions import IsMember
from api.serializers.review import (
    ConflictSerializer,
    CorrectionSerializer,
    DecisionSerializer,
    MaskVersionSerializer,
    NewCorrectionSerializer,
    ReviewItemSerializer,
    ReviewSerializer,
)
from api.serializers.runs import RunSerializer
from api.views.common import page_of
from core.paging import key_in
from core.sending import file_response
from review import services
from review.access import (
    correction_visible,
    image_segmentable,
    item_correctable,
    version_visible,
)
from review.models import Correction, MaskVersion, Review, ReviewItem

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import FileResponse
    from rest_framework.request import Request

_ID = OpenApiParameter("id", OpenApiTypes.INT64, OpenApiParameter.PATH)


class SegmentView(APIView):
    """The way to a review: one image is segmented, and a review of the result appears."""

    permission_classes = (IsMember,)

    @extend_schema(request=None, responses={201: RunSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Find the particles of an image; when the run has ended, `/api/reviews/?run=` has it."""
        image = image_segmentable(user=request.user, pk=pk)
        run = services.segmentation_start(image=image, by=person(request))
        return Response(RunSerializer(run).data, status=status.HTTP_201_CREATED)


class ReviewViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[Review]):
    """Reviews of segmentations that you may see; each `segment-predict` run makes one."""

    serializer_class = ReviewSerializer
    permission_classes = [IsMember]
    queryset = Review.objects.none()

    def get_queryset(self) -> QuerySet[Review]:
        return Review.objects.visible_to(self.request.user).select_related("owner")

    def filter_queryset(self, queryset: Any) -> Any:
        asked = self.request.query_params.get("run", "")
        if self.action != "list" or not asked:
            return queryset
        run = key_in(asked)
        if run is None:
            raise ValidationError({"run": "This is the number of a run."})
        return queryset.filter(run=run)

    @extend_schema(
        parameters=[OpenApiParameter("run", OpenApiTypes.INT64)],
        responses=ReviewSerializer(many=True),
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Newest first; `run` finds the review of a segmentation."""
        return super().list(request, *args, **kwargs)

    @extend_schema(parameters=[_ID], responses=ReviewItemSerializer(many=True))
    @action(detail=True, serializer_class=ReviewItemSerializer)
    def items(self, request: Request, pk: str | None = None) -> Response:
        """Its images, each with the newest version of its mask."""
        return page_of(self, self.get_object().items.all(), ReviewItemSerializer)


class ReviewItemViewSet(mixins.RetrieveModelMixin, GenericViewSet[ReviewItem]):
    """Images of reviews. Whoever sees one and is a reviewer may correct it and decide on it."""

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

    @extend_schema(
        parameters=[_ID],
        request=NewCorrectionSerializer,
        responses={
            202: CorrectionSerializer,
            409: OpenApiResponse(ConflictSerializer, "Somebody else corrected it first."),
        },
    )
    @action(detail=True, methods=["post"])
    def corrections(self, request: Request, pk: str | None = None) -> Response:
        """Save edits as a new version of the mask: being computed, ask the correction for it."""
        item = item_correctable(user=request.user, pk=_key(pk))
        asked = NewCorrectionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values = asked.validated_data
        correction = services.correction_start(
            item=item, base_number=values.pop("base"), by=person(request), **values
        )
        told = CorrectionSerializer(correction).data
        return Response(told, status=status.HTTP_202_ACCEPTED)

    @extend_schema(parameters=[_ID], request=DecisionSerializer, responses=ReviewItemSerializer)
    @action(detail=True, methods=["post"])
    def decision(self, request: Request, pk: str | None = None) -> Response:
        """Accept or reject what was found in it, or put it back to review."""
        item = item_correctable(user=request.user, pk=_key(pk))
        asked = DecisionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values = asked.validated_data
        decided = services.item_decide(
            item=item,
            by=person(request),
            state=values["state"],
            reason=values["reason"],
            seen=values.get("version"),
        )
        return Response(ReviewItemSerializer(decided).data)


class CorrectionViewSet(mixins.RetrieveModelMixin, GenericViewSet[Correction]):
    """Corrections of masks, and what became of them."""

    serializer_class = CorrectionSerializer
    permission_classes = [IsMember]
    queryset = Correction.objects.none()

    def get_object(self) -> Correction:
        found = correction_visible(user=self.request.user, pk=_key(self.kwargs["pk"]))
        if services.is_overdue(found.run):
            found = services.correction_settle(correction=found)
        return found

    @extend_schema(parameters=[_ID], request=None, responses=CorrectionSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str | None = None) -> Response:
        """Give it up, so that others can correct."""
        found = correction_visible(user=request.user, pk=_key(pk))
        item_correctable(user=request.user, pk=found.item_id)
        services.correction_cancel(correction=found, by=person(request))
        found.refresh_from_db()
        return Response(CorrectionSerializer(found).data)


class MaskVersionViewSet(mixins.RetrieveModelMixin, GenericViewSet[MaskVersion]):
    """Versions of masks."""

    serializer_class = MaskVersionSerializer
    permission_classes = [IsMember]
    queryset = MaskVersion.objects.none()

    def get_queryset(self) -> QuerySet[MaskVersion]:
        seen = Review.objects.visible_to(self.request.user)
        rows = MaskVersion.objects.filter(item__review__in=seen)
        return rows.select_related("author", "labels", "particles", "mask", "files_run")

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

    @extend_schema(parameters=[_ID], responses={(200, "image/tiff"): bytes})
    @action(detail=True, url_path="tiff/file")
    def tiff(self, request: Request, pk: str | None = None) -> FileResponse:
        """Instance labels as TIFF with the pixel size; `prepare` makes it where it is missing."""
        version = services.outlines_settle(version=self.get_object())
        if version.mask is None:
            raise ValidationError(
                {"detail": "This file is made first: POST to prepare/, and ask again in a moment."}
            )
        return file_response(version.mask, filename=f"mask-{version.pk}.tif", download=True)

    @extend_schema(parameters=[_ID], request=None, responses={202: MaskVersionSerializer})
    @action(detail=True, methods=["post"])
    def prepare(self, request: Request, pk: str | None = None) -> Response:
        """Have the TIFF made; once is enough."""
        version = version_visible(user=request.user, pk=_key(pk))
        made = services.outlines_start(version=version, by=person(request))
        return Response(MaskVersionSerializer(made).data, status=status.HTTP_202_ACCEPTED)


def _key(text: str | None) -> int:
    """The key of an address; one that is no number is nobody's."""
    return key_in(text) or 0
