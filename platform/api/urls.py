from django.urls import include, path
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.authtoken.views import obtain_auth_token
from rest_framework.routers import DefaultRouter

from api.views.catalog import DatasetViewSet, ImageViewSet, VersionViewSet
from api.views.runs import ArtifactViewSet, PairViewSet, RunViewSet

app_name = "api"

router = DefaultRouter()
router.register("datasets", DatasetViewSet, basename="dataset")
router.register("images", ImageViewSet, basename="image")
router.register("versions", VersionViewSet, basename="version")
router.register("runs", RunViewSet, basename="run")
router.register("artifacts", ArtifactViewSet, basename="artifact")
router.register("pairs", PairViewSet, basename="pair")

urlpatterns = [
    path("schema", SpectacularJSONAPIView.as_view(), name="schema"),
    path("token", obtain_auth_token, name="token"),
    path("", include(router.urls)),
]
