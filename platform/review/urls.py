from django.urls import path

from review.views import comparisons, corrections, exports, files, items, reviews

app_name = "review"

urlpatterns = [
    path("", reviews.index, name="index"),
    path("<int:pk>", reviews.review, name="review"),
    path("<int:pk>/share", reviews.share, name="share"),
    path("<int:pk>/dataset", reviews.make_dataset, name="make-dataset"),
    path("<int:pk>/coco", exports.review_coco, name="export-coco"),
    path("<int:pk>/export.<str:kind>", exports.review_file, name="export-review"),
    path("segment/<int:image_pk>", reviews.segment, name="segment"),
    path("images/<int:pk>", items.item, name="item"),
    path("images/<int:pk>/crops", items.crops, name="crops"),
    path("images/<int:pk>/decide", items.decide, name="decide"),
    path("images/<int:pk>/view", files.view_image, name="view"),
    path("images/<int:pk>/thumbnail", files.thumbnail, name="thumbnail"),
    path("images/<int:pk>/save", corrections.save, name="save"),
    path("images/<int:pk>/compare", comparisons.start, name="compare"),
    path("corrections/<int:pk>", corrections.correction, name="correction"),
    path("corrections/<int:pk>/cancel", corrections.cancel, name="cancel-correction"),
    path("masks/<int:pk>/labels.png", files.labels, name="labels"),
    path("masks/<int:pk>/particles.json", files.particles, name="particles"),
    path("masks/<int:pk>/prepare", exports.prepare, name="prepare"),
    path("masks/<int:pk>/export.<str:kind>", exports.version_file, name="export"),
    path("comparisons/<int:pk>", comparisons.comparison, name="comparison"),
    path("comparisons/<int:pk>/<str:name>", files.compared, name="compared"),
]
