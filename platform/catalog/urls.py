from django.urls import path

from catalog.views import datasets, files, images, versions

app_name = "catalog"

urlpatterns = [
    path("", datasets.index, name="index"),
    path("<int:pk>/", datasets.dataset, name="dataset"),
    path("images/<int:pk>/", images.image, name="image"),
    path("images/<int:pk>/view.png", files.image_view, name="image-view"),
    path("images/<int:pk>/thumbnail", files.thumbnail, name="thumbnail"),
    path("images/<int:pk>/truth.png", files.truth, name="image-truth"),
    path("images/<int:pk>/original", files.original, name="image-original"),
    path("versions/<int:pk>/", versions.version, name="version"),
]
