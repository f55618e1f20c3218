from django.conf import settings
from django.urls import path
from django.views.generic import RedirectView

from core import views

app_name = "core"

urlpatterns = [
    path("", views.overview, name="overview"),
    path("quickstart/progress", views.progress, name="progress"),
    path("quickstart/<slug:run>/<path:name>", views.quickstart_file, name="quickstart-file"),
    # Asked for by browsers that show a report, which names no icon.
    path("favicon.ico", RedirectView.as_view(url=f"/{settings.STATIC_URL.strip('/')}/icon.svg")),
    path("health", views.health, name="health"),
]
