from django.urls import path

from core import views

app_name = "core"

urlpatterns = [
    path("", views.overview, name="overview"),
    path("quickstart/progress", views.progress, name="progress"),
    path("quickstart/<slug:run>/<path:name>", views.quickstart_file, name="quickstart-file"),
    path("health", views.health, name="health"),
]
