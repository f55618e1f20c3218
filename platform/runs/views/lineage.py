"""Lineage as pages and as JSON, for runs, versions and images."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import member_required
from catalog.selectors import image_get_visible, version_get_visible
from runs import lineage, selectors


def _of_run(request: HttpRequest, pk: int) -> lineage.Lineage:
    run = selectors.run_get_visible(user=request.user, pk=pk)
    return lineage.lineage_of_run(run=run, user=request.user)


def _of_version(request: HttpRequest, pk: int) -> lineage.Lineage:
    version = version_get_visible(user=request.user, pk=pk)
    return lineage.lineage_of_version(version=version, user=request.user)


def _of_image(request: HttpRequest, pk: int) -> lineage.Lineage:
    image = image_get_visible(user=request.user, pk=pk)
    return lineage.lineage_of_image(image=image, user=request.user)


_OF = {"run": _of_run, "version": _of_version, "image": _of_image}


def _of(request: HttpRequest, kind: str, pk: int) -> lineage.Lineage:
    if kind in _OF:
        return _OF[kind](request, pk)
    if kind in lineage.tellers:
        part = request.GET.get("part", "")
        number = int(part) if part.isdecimal() and len(part) < 10 else None
        return lineage.tellers[kind](request.user, pk, number)
    raise Http404(f"Lineage is told of {', '.join([*_OF, *lineage.tellers])}.")


@require_safe
@member_required
def page(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    context: dict[str, Any] = {"lineage": _of(request, kind, pk), "kind": kind, "pk": pk}
    return render(request, "runs/lineage.html", context)


@require_safe
@member_required
def export(request: HttpRequest, kind: str, pk: int) -> JsonResponse:
    told = lineage.as_json(_of(request, kind, pk))
    response = JsonResponse(told, json_dumps_params={"indent": 1})
    response["Content-Disposition"] = f'attachment; filename="lineage-{kind}-{pk}.json"'
    return response
