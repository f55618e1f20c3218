"""Results, once a study has closed."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.permissions import member_required
from core.access import get_visible
from survey.charts import rates_spec, svg_of
from survey.export.tables import ROWS, csv_lines
from survey.models import State, Study
from survey.selectors.results import CLOSED_UNTIL_THE_END, results_of
from survey.selectors.studies import sees_results


@require_safe
@member_required
@never_cache
def page(request: HttpRequest, pk: int) -> HttpResponse:
    study = _visible(request, pk)
    context: dict[str, Any] = {"study": study}
    if study.state == State.CLOSED:
        context["results"] = results_of(study=study)
    return render(request, "survey/results.html", context)


@require_safe
@member_required
@never_cache
def chart(request: HttpRequest, pk: int) -> HttpResponse:
    study = _closed(request, pk)
    return HttpResponse(svg_of(rates_spec(results_of(study=study))), content_type="image/svg+xml")


@require_safe
@member_required
@never_cache
def table(request: HttpRequest, pk: int, table: str) -> StreamingHttpResponse:
    """One of the tables of `survey.export`, as CSV."""
    study = _closed(request, pk)
    if table not in ROWS:
        raise Http404("There is no such table.")
    columns, rows = ROWS[table]
    stem = slugify(study.name) or f"study-{study.pk}"
    return StreamingHttpResponse(
        csv_lines(columns, rows(study=study)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{stem}-{table}.csv"'},
    )


def _visible(request: HttpRequest, pk: int) -> Study:
    found: Study = get_visible(Study.objects.all(), user=request.user, pk=pk)
    if not sees_results(study=found, user=request.user):
        raise PermissionDenied(f"{found.owner} shows the results of this study to nobody else.")
    return found


def _closed(request: HttpRequest, pk: int) -> Study:
    study = _visible(request, pk)
    if study.state != State.CLOSED:
        raise PermissionDenied(CLOSED_UNTIL_THE_END)
    return study
