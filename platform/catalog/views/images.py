"""One image: looking at it, and saying what is known of it."""

import math

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Role
from accounts.permissions import member_required, role_required
from catalog import services
from catalog.errors import Refused
from catalog.gallery import neighbours
from catalog.models import Image, ScaleSource, Split, VersionItem
from catalog.selectors import image_get_changeable, image_get_visible
from catalog.services.actions import number_of
from catalog.views.answers import back_to, person, refusals_told
from catalog.views.gallery import may_curate
from catalog.views.place import Place

UNITS_NM = {"nm": 1.0, "µm": 1000.0}


@require_safe
@member_required
def image(request: HttpRequest, pk: int) -> HttpResponse:
    found = image_get_visible(user=request.user, pk=pk)
    place = Place.from_query(request.GET)
    before, after = _beside(found, place)
    items = VersionItem.objects.filter(image=found).select_related("version__dataset")
    context = {
        "image": found,
        "dataset": found.dataset,
        "place": place,
        "previous": before,
        "next": after,
        "tags": found.tags.order_by("name"),
        "splits": Split.choices,
        "versions": [item.version for item in items.order_by("-pk")[:5]],
        "may_change": may_curate(request, found.dataset),
        "actual": request.GET.get("zoom") == "1",
    }
    return render(request, "catalog/image.html", context)


def _beside(found: Image, place: Place) -> tuple[str, str]:
    """Addresses of the images before and after it in its gallery; empty at an end."""
    images = place.matching.images(found.dataset)
    addresses = []
    for backwards in (True, False):
        keys = neighbours(images=images, sort=place.sort, of=found.pk, count=1, backwards=backwards)
        address = reverse("catalog:image", args=keys) if keys else ""
        addresses.append(f"{address}?{place.query}" if address and place.query else address)
    return addresses[0], addresses[1]


@require_POST
@role_required(Role.CURATOR)
def describe(request: HttpRequest, pk: int) -> HttpResponse:
    found, said = image_get_changeable(user=request.user, pk=pk), request.POST
    with refusals_told(request):
        services.image_describe(
            image=found,
            split=said.get("split", ""),
            notes=said.get("notes", ""),
            **{name: said.get(name, "") for name in ("material", "shape", "source", "licence")},
        )
        messages.success(request, "Saved.")
    return _back(request, pk)


@require_POST
@role_required(Role.CURATOR)
def scale(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a typed pixel size, or the length of a bar that was drawn over."""
    found, said = image_get_changeable(user=request.user, pk=pk), request.POST.dict()
    with refusals_told(request):
        nm_per_px: float | None = None
        if said.get("how") == "drawn":
            pixels = number_of(said, "pixels", what="The length of the line in pixels")
            length = number_of(said, "bar_length", what="The length of the scale bar")
            if not 2 <= pixels <= math.hypot(found.width_px, found.height_px):
                raise Refused("Draw a line over the scale bar, from its one end to the other.")
            unit_nm = UNITS_NM.get(said.get("unit", ""))
            if unit_nm is None:
                raise Refused("Choose nm or µm.")
            source, nm_per_px = ScaleSource.DRAWN, length * unit_nm / pixels
        else:
            source = ScaleSource.TYPED
            if said.get("nm_per_px", "").strip():
                nm_per_px = number_of(said, "nm_per_px", what="The pixel size")
        services.image_scale_set(image=found, nm_per_px=nm_per_px, scale_source=source)
        messages.success(request, "Pixel size saved.")
    return _back(request, pk)


@require_POST
@role_required(Role.CURATOR)
def bar(request: HttpRequest, pk: int) -> HttpResponse:
    found, said = image_get_changeable(user=request.user, pk=pk), request.POST.dict()
    with refusals_told(request):
        row = None
        if said.get("bar") != "none":
            row = round(number_of(said, "data_bar_row", what="The first row of the data bar"))
        services.image_bar_set(image=found, data_bar_row=row)
        messages.success(request, "Data bar confirmed." if row else "Confirmed: no data bar.")
    return _back(request, pk)


@require_POST
@role_required(Role.CURATOR)
def use(request: HttpRequest, pk: int) -> HttpResponse:
    """Exclude with a reason, or include again."""
    found = image_get_changeable(user=request.user, pk=pk)
    with refusals_told(request):
        if request.POST.get("use") == "include":
            services.image_include(image=found)
            messages.success(request, "In use again.")
        else:
            services.image_exclude(image=found, reason=request.POST.get("reason", ""))
            messages.success(request, "Excluded; versions to come leave it out.")
    return _back(request, pk)


@require_POST
@role_required(Role.CURATOR)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    found = image_get_changeable(user=request.user, pk=pk)
    name, dataset_pk = found.name, found.dataset_id
    with refusals_told(request):
        services.image_delete(image=found, by=person(request))
        messages.success(request, f"{name} was deleted.")
        return back_to("catalog:dataset", dataset_pk, query=_place(request).query)
    return _back(request, pk)


def _place(request: HttpRequest) -> Place:
    return Place.from_query(QueryDict(request.POST.get("at", "")))


def _back(request: HttpRequest, pk: int) -> HttpResponse:
    return back_to("catalog:image", pk, query=_place(request).query)
