from django.urls import path

from catalog.views import bulk, datasets, duplicates, files, gallery, images, versions

app_name = "catalog"

urlpatterns = [
    path("", datasets.index, name="index"),
    path("new", datasets.new, name="new"),
    path("<int:pk>/", gallery.dataset, name="dataset"),
    path("<int:pk>/settings", datasets.settings, name="settings"),
    path("<int:pk>/delete", datasets.delete, name="delete"),
    path("<int:pk>/change", bulk.start, name="change"),
    path("<int:pk>/duplicates", duplicates.duplicates, name="duplicates"),
    path("<int:pk>/versions", versions.versions, name="versions"),
    path("<int:pk>/freeze", versions.freeze, name="freeze"),
    path("edits/<int:pk>/", bulk.progress, name="edit"),
    path("edits/<int:pk>/continue", bulk.go_on, name="edit-continue"),
    path("edits/<int:pk>/stop", bulk.stop, name="edit-stop"),
    path("pairs/<int:pk>/decide", duplicates.decide, name="decide"),
    path("images/<int:pk>/", images.image, name="image"),
    path("images/<int:pk>/view.png", files.image_view, name="image-view"),
    path("images/<int:pk>/thumbnail", files.thumbnail, name="thumbnail"),
    path("images/<int:pk>/truth.png", files.truth, name="image-truth"),
    path("images/<int:pk>/original", files.original, name="image-original"),
    path("images/<int:pk>/describe", images.describe, name="image-describe"),
    path("images/<int:pk>/scale", images.scale, name="image-scale"),
    path("images/<int:pk>/bar", images.bar, name="image-bar"),
    path("images/<int:pk>/use", images.use, name="image-use"),
    path("images/<int:pk>/delete", images.delete, name="image-delete"),
    path("versions/<int:pk>/", versions.version, name="version"),
    path("versions/<int:pk>/manifest.json", versions.manifest, name="version-manifest"),
]
