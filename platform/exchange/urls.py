from django.urls import path

from exchange.views import exports, imports, tus

app_name = "exchange"

urlpatterns = [
    path("", imports.index, name="index"),
    path("published/<slug:key>/", imports.published, name="published"),
    path("datasets/<int:pk>/upload/", imports.upload, name="upload"),
    path("datasets/<int:pk>/import/", imports.import_files, name="import-files"),
    path("datasets/<int:pk>/import-folder/", imports.import_folder, name="import-folder"),
    path("datasets/<int:pk>/uploads/", tus.create, name="tus-create"),
    path("uploads/<uuid:pk>/", tus.upload, name="tus-upload"),
    path("imports/<int:pk>/", imports.batch, name="batch"),
    path("imports/<int:pk>/progress/", imports.progress, name="batch-progress"),
    path("versions/<int:pk>/", exports.exports, name="export"),
    path("versions/<int:pk>/progress/", exports.progress, name="export-progress"),
    path("versions/<int:pk>/export/", exports.start, name="export-start"),
    path("versions/<int:pk>/metadata.csv", exports.table, name="metadata"),
    path("exports/<int:pk>/download/", exports.download, name="download"),
]
