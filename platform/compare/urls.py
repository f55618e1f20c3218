from django.urls import path

from compare import views

app_name = "compare"

urlpatterns = [
    path("", views.index, name="index"),
    path("<int:pk>/", views.pair, name="pair"),
    path("<int:pk>/image.png", views.image, name="image"),
    path("<int:pk>/height.png", views.height, name="height"),
    path("<int:pk>/labels.png", views.labels, name="labels"),
    path("<int:pk>/scene.json", views.scene, name="scene"),
]
