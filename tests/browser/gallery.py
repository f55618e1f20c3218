"""One page that shows every component, for the tests alone."""

from dataclasses import dataclass
from pathlib import Path

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import engines
from django.urls import include, path

from core.forms import with_unit

STATES = ("waiting", "queued", "running", "succeeded", "warnings", "failed", "cancelled", "lost")


class GalleryForm(forms.Form):
    name = forms.CharField(help_text="People see it in every list.")
    nm_per_px = with_unit(forms.FloatField(label="Pixel size", min_value=0.001), "nm per pixel")
    note = forms.CharField(required=False, widget=forms.Textarea)
    generator = forms.ChoiceField(choices=[("physics", "Physics"), ("cyclegan", "CycleGAN")])
    device = forms.ChoiceField(
        choices=[("cpu", "CPU"), ("gpu", "GPU")], widget=forms.RadioSelect, help_text="Where."
    )
    frozen = forms.BooleanField(label="Freeze at once", required=False)


@dataclass(frozen=True)
class FakePage:
    before: int | None = 12
    after: int | None = 3


def gallery(request: HttpRequest) -> HttpResponse:
    if request.method == "POST" or "toasts" in request.GET:
        messages.success(request, "Saved.")
        messages.error(request, "One file was refused: <b>x</b>.tif is no image.")
    bound = GalleryForm(request.POST) if request.method == "POST" else GalleryForm()
    template = engines["django"].from_string(Path(__file__).with_suffix(".html").read_text())
    values = {"form": bound, "states": STATES, "page": FakePage()}
    return HttpResponse(template.render(values, request))


def fragment(request: HttpRequest) -> HttpResponse:
    messages.warning(request, "Half of it was taken.")
    return HttpResponse("<p>part</p>")


def image(request: HttpRequest) -> HttpResponse:
    head = '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200">'
    svg = f'{head}<rect width="300" height="200" fill="#444"/></svg>'
    return HttpResponse(svg, content_type="image/svg+xml")


def broken(request: HttpRequest) -> HttpResponse:
    return render(request, "500.html", status=500)


urlpatterns = [
    path("gallery", gallery),
    path("fragment", fragment),
    path("image.svg", image),
    path("broken", broken),
    path("", include("config.urls")),
]
