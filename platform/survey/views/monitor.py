"""The organiser's monitor of an open study: who gets on, never what they answer."""

from __future__ import annotations

import csv
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Role
from accounts.permissions import role_required
from core.access import get_changeable
from survey.checks.told import told_images
from survey.models import State, Study
from survey.selectors import monitor


@require_safe
@role_required(Role.ORGANISER)
@never_cache
def page(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "survey/monitor.html", _context(request, pk))


@require_safe
@role_required(Role.ORGANISER)
@never_cache
def part(request: HttpRequest, pk: int) -> HttpResponse:
    """The part that changes by itself; a browser that comes here gets it all."""
    context = _context(request, pk)
    if not getattr(request, "htmx", False):
        return redirect("survey:monitor", pk)
    return render(request, "survey/monitor.html#now", context)


@require_safe
@role_required(Role.ORGANISER)
@never_cache
def table(request: HttpRequest, pk: int) -> HttpResponse:
    study: Study = get_changeable(Study.objects.all(), user=request.user, pk=pk)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="progress-{study.pk}.csv"'
    writer = csv.writer(response)
    writer.writerow(monitor.COLUMNS)
    writer.writerows(monitor.progress_rows(study=study))
    return response


def _context(request: HttpRequest, pk: int) -> dict[str, Any]:
    study: Study = get_changeable(Study.objects.all(), user=request.user, pk=pk)
    told: list[str] = []
    if study.state == State.OPEN:
        told = told_images(study=study).by_studies
    return {"study": study, "now": monitor.monitor_of(study=study), "told": told}
