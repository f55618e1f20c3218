from django.urls import include, path
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.routers import DefaultRouter

from api.views.catalog import DatasetViewSet, ImageViewSet, VersionViewSet
from api.views.exchange import ImportViewSet, UploadViewSet
from api.views.lineage import LineageView
from api.views.review import (
    CorrectionViewSet,
    MaskVersionViewSet,
    ReviewItemViewSet,
    ReviewViewSet,
    SegmentView,
)
from api.views.runs import ArtifactViewSet, PairViewSet, RunViewSet
from api.views.token import TokenView

app_name = "api"

router = DefaultRouter()
router.register("datasets", DatasetViewSet, basename="dataset")
router.register("images", ImageViewSet, basename="image")
router.register("versions", VersionViewSet, basename="version")
router.register("runs", RunViewSet, basename="run")
router.register("artifacts", ArtifactViewSet, basename="artifact")
router.register("imports", ImportViewSet, basename="import")
router.register("reviews", ReviewViewSet, basename="review")
router.register("review-items", ReviewItemViewSet, basename="review-item")
router.register("corrections", CorrectionViewSet, basename="correction")
router.register("masks", MaskVersionViewSet, basename="mask")
router.register("pairs", PairViewSet, basename="pair")

urlpatterns = [
    path("schema", SpectacularJSONAPIView.as_view(), name="schema"),
    path("token", TokenView.as_view(), name="token"),
    path(
        "datasets/<int:dataset>/uploads/",
        UploadViewSet.as_view({"post": "create"}),
        name="dataset-uploads",
    ),
    path("images/<int:pk>/segment/", SegmentView.as_view(), name="image-segment"),
    path("lineage/<slug:kind>/<int:pk>", LineageView.as_view(), name="lineage"),
    path("", include(router.urls)),
]
