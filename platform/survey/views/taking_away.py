"""What is taken away of a closed study: tables, figures as JSON, the report and the bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.permissions import member_required
from survey.export.bundle import bundle_zip
from survey.export.tables import ROWS, csv_lines
from survey.report.html import html_of
from survey.report.making import report_of
from survey.report.pdf import pdf_of
from survey.views.results import closed, shown

if TYPE_CHECKING:
    from django.http import HttpRequest

    from survey.models import Study


@require_safe
@member_required
@never_cache
def table(request: HttpRequest, pk: int, table: str) -> StreamingHttpResponse:
    """One of the tables of `survey.export`, as CSV."""
    study = closed(request, pk)
    if table not in ROWS:
        raise Http404("There is no such table.")
    columns, rows = ROWS[table]
    return StreamingHttpResponse(
        csv_lines(columns, rows(study=study)),
        content_type="text/csv; charset=utf-8",
        headers=_as_file(study, f"{table}.csv"),
    )


@require_safe
@member_required
@never_cache
def figures(request: HttpRequest, pk: int) -> JsonResponse:
    """Every figure of the analysis."""
    study = closed(request, pk)
    return JsonResponse(shown(study).figures, headers=_as_file(study, "figures.json"))


@require_safe
@member_required
@never_cache
def report(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    study = closed(request, pk)
    made = report_of(study=study, analysis=shown(study))
    if kind == "pdf":
        return HttpResponse(
            pdf_of(made), content_type="application/pdf", headers=_as_file(study, "report.pdf")
        )
    if kind != "html":
        raise Http404("The report comes as html or pdf.")
    # A file to keep, not a page of ours: our own pages allow no style inside.
    return HttpResponse(
        html_of(made),
        content_type="text/html; charset=utf-8",
        headers=_as_file(study, "report.html"),
    )


@require_safe
@member_required
@never_cache
def bundle(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything, with the script that computes the figures anew."""
    study = closed(request, pk)
    return HttpResponse(
        bundle_zip(study=study, analysis=shown(study)),
        content_type="application/zip",
        headers=_as_file(study, "bundle.zip"),
    )


def _as_file(study: Study, name: str) -> dict[str, str]:
    stem = slugify(study.name) or f"study-{study.pk}"
    return {"Content-Disposition": f'attachment; filename="{stem}-{name}"'}
