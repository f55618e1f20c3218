from django.urls import include, path

handler404 = "core.views.not_found"
handler500 = "core.full_disk.answer"

urlpatterns = [
    path("", include("tour.urls")),
    path("", include("core.urls")),
    path("accounts/", include("accounts.urls")),
    path("datasets/", include("catalog.urls")),
    path("exchange/", include("exchange.urls")),
    path("runs/", include("runs.urls")),
    path("compare/", include("compare.urls")),
    path("survey/", include("survey.urls")),
    path("review/", include("review.urls")),
    path("api/", include("api.urls")),
]
