from django.urls import path

from tour import views

app_name = "tour"

urlpatterns = [
    path("", views.home, name="home"),
    path("tour", views.start, name="start"),
    path("tour/checklist", views.checklist, name="checklist"),
]
