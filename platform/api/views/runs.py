from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
from api.serializers.runs import (
    ArtifactSerializer,
    NewRunSerializer,
    PairSerializer,
    RunSerializer,
)
from api.views.common import page_of
from catalog.models import Dataset, Version
from core.sending import file_response
from runs.models import Artifact, Pair, Run
from runs.services import InputRef, run_cancel, run_resume, run_retry, run_start

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import FileResponse
    from rest_framework.request import Request

_ID = OpenApiParameter("id", OpenApiTypes.INT64, OpenApiParameter.PATH)
_RUN_FILTERS = ("stage", "status", "launch")


class RunViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[Run]):
    """Runs that you may see; POST starts one."""

    serializer_class = RunSerializer
    permission_classes = [IsMember, writes_need(Role.ANALYST), OwnerWrites]
    queryset = Run.objects.none()

    def get_queryset(self) -> QuerySet[Run]:
        return (
            Run.objects.visible_to(self.request.user)
            .select_related("owner")
            .prefetch_related("inputs")
        )

    def filter_queryset(self, queryset: Any) -> Any:
        if self.action != "list":
            return queryset
        asked = self.request.query_params
        wanted = {name: asked[name] for name in _RUN_FILTERS if asked.get(name)}
        try:
            return queryset.filter(**wanted)
        except ValueError:
            raise ValidationError({"launch": "This is a number."}) from None

    @extend_schema(
        parameters=[OpenApiParameter(name, str) for name in _RUN_FILTERS],
        responses=RunSerializer(many=True),
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Newest first; filter by stage, status, launch."""
        return super().list(request, *args, **kwargs)

    @extend_schema(request=NewRunSerializer, responses={201: RunSerializer})
    def create(self, request: Request) -> Response:
        """Start a run; what it reads must be finished or waiting, and yours to see."""
        asked = NewRunSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values = asked.validated_data
        inputs = [_input(item, user=request.user) for item in values.pop("inputs")]
        run = run_start(owner=person(request), inputs=inputs, **values)
        return Response(RunSerializer(run).data, status=status.HTTP_201_CREATED)

    @extend_schema(parameters=[_ID], request=None, responses=RunSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str | None = None) -> Response:
        """Stop it; what it finished stays."""
        return self._act(run_cancel, request)

    @extend_schema(parameters=[_ID], request=None, responses=RunSerializer)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str | None = None) -> Response:
        """Go on where a failed, cancelled or lost run stopped."""
        return self._act(run_resume, request)

    @extend_schema(parameters=[_ID], request=None, responses={201: RunSerializer})
    @action(
        detail=True,
        methods=["post"],
        permission_classes=[IsMember, writes_need(Role.ANALYST)],  # it changes nothing of the run
    )
    def retry(self, request: Request, pk: str | None = None) -> Response:
        """Start the same again as a new run of one's own."""
        return self._act(run_retry, request, code=status.HTTP_201_CREATED)

    def _act(self, service: Any, request: Request, code: int = status.HTTP_200_OK) -> Response:
        run = self.get_object()
        made = service(run=run, by=person(request))
        shown = made if isinstance(made, Run) else run
        shown.refresh_from_db()
        return Response(RunSerializer(shown).data, status=code)

    @extend_schema(parameters=[_ID], responses=ArtifactSerializer(many=True))
    @action(detail=True, serializer_class=ArtifactSerializer)
    def artifacts(self, request: Request, pk: str | None = None) -> Response:
        """The files that it made."""
        rows = self.get_object().artifacts.select_related("file")
        return page_of(self, rows, ArtifactSerializer)

    @extend_schema(parameters=[_ID], responses=PairSerializer(many=True))
    @action(detail=True, serializer_class=PairSerializer)
    def pairs(self, request: Request, pk: str | None = None) -> Response:
        """Its artificial images, each with the scene that it was made from."""
        return page_of(self, self.get_object().pairs.all(), PairSerializer)


class ArtifactViewSet(mixins.RetrieveModelMixin, GenericViewSet[Artifact]):
    """Files that runs made."""

    serializer_class = ArtifactSerializer
    permission_classes = [IsMember]
    queryset = Artifact.objects.none()

    def get_queryset(self) -> QuerySet[Artifact]:
        seen = Run.objects.visible_to(self.request.user)
        return Artifact.objects.filter(run__in=seen).select_related("file")

    @extend_schema(parameters=[_ID], responses={(200, "application/octet-stream"): bytes})
    @action(detail=True)
    def file(self, request: Request, pk: str | None = None) -> FileResponse:
        """The file itself."""
        artifact = self.get_object()
        name = artifact.path.rpartition("/")[2]
        return file_response(artifact.file, filename=name, download=True)


class PairViewSet(mixins.RetrieveModelMixin, GenericViewSet[Pair]):
    """Artificial images beside their height maps."""

    serializer_class = PairSerializer
    permission_classes = [IsMember]
    queryset = Pair.objects.none()

    def get_queryset(self) -> QuerySet[Pair]:
        return Pair.objects.filter(run__in=Run.objects.visible_to(self.request.user))


def _input(item: dict[str, Any], *, user: Any) -> InputRef:
    """What the person named, if they may see it; else it is said to be missing."""
    run = version = None
    if "run" in item:
        run = Run.objects.visible_to(user).filter(pk=item["run"]).first()
        if run is None:
            raise ValidationError({"inputs": f"There is no run {item['run']} that you may see."})
    else:
        seen = Dataset.objects.visible_to(user)
        version = Version.objects.filter(dataset__in=seen, pk=item["version"]).first()
        if version is None:
            raise ValidationError(
                {"inputs": f"There is no version {item['version']} that you may see."}
            )
    return InputRef(
        field=item["field"],
        source_run=run,
        version=version,
        part=item["part"],
        split=item["split"],
        position=item["position"],
    )
