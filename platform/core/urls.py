from django.conf import settings
from django.urls import path
from django.views.generic import RedirectView

from core import views

app_name = "core"

urlpatterns = [
    # Asked for by browsers that show a file which names no icon.
    path("favicon.ico", RedirectView.as_view(url=f"/{settings.STATIC_URL.strip('/')}/icon.svg")),
    path("health", views.health, name="health"),
]
