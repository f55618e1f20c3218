"""Lineage as pages and as JSON."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import member_required
from runs.lineage import as_json
from runs.lineage_of import lineage_of
from runs.nodes import Lineage


def _asked(request: HttpRequest, kind: str, pk: int) -> Lineage:
    part = request.GET.get("part", "")
    number = int(part) if part.isdecimal() and len(part) < 10 else None
    return lineage_of(user=request.user, kind=kind, pk=pk, part=number)


@require_safe
@member_required
def page(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    context: dict[str, Any] = {"lineage": _asked(request, kind, pk), "kind": kind, "pk": pk}
    return render(request, "runs/lineage.html", context)


@require_safe
@member_required
def export(request: HttpRequest, kind: str, pk: int) -> JsonResponse:
    told = as_json(_asked(request, kind, pk))
    response = JsonResponse(told, json_dumps_params={"indent": 1})
    response["Content-Disposition"] = f'attachment; filename="lineage-{kind}-{pk}.json"'
    return response
