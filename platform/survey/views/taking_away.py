"""What is taken away of a closed study: tables, figures as JSON, the report and the bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Role
from accounts.permissions import member_required, person, role_required
from core.access import get_changeable
from core.sending import file_response
from survey import services
from survey.export.tables import ROWS, csv_lines
from survey.models import State, Study
from survey.report.html import html_of
from survey.report.making import report_of
from survey.report.pdf import pdf_of
from survey.selectors import results
from survey.views.results import closed, shown

if TYPE_CHECKING:
    from django.http import HttpRequest


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
def bundle(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Everything, with the script that computes the figures anew: the file that a worker made."""
    study = closed(request, pk)
    made = results.bundle_of(analysis=shown(study))
    if made is None or made.file is None:
        raise Http404("The bundle is not made yet; the page of results says when it is.")
    response = file_response(made.file, filename=_name(study, "bundle.zip"), download=True)
    # Its address is the study's: with the next analysis there is another file behind it.
    del response["Cache-Control"]
    return response


@require_safe
@member_required
@never_cache
def bundle_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The line that says how far the bundle is, and at last the link to it."""
    study = closed(request, pk)
    if not getattr(request, "htmx", False):
        return redirect("survey:results", pk)
    context = {
        "study": study,
        "bundle": results.bundle_of(analysis=shown(study)),
        "may_change": study.may_be_changed_by(request.user),
    }
    return render(request, "survey/bundle.html", context)


@require_POST
@role_required(Role.ORGANISER)
def bundle_make(request: HttpRequest, pk: int) -> HttpResponse:
    """Make it where there is none: after a failure, or of figures from before it was kept."""
    study: Study = get_changeable(Study.objects.all(), user=request.user, pk=pk)
    if study.state != State.CLOSED:
        raise PermissionDenied(results.CLOSED_UNTIL_THE_END)
    services.bundle_start(analysis=shown(study), by=person(request))
    return redirect("survey:results", pk)


def _name(study: Study, name: str) -> str:
    return f"{slugify(study.name) or f'study-{study.pk}'}-{name}"


def _as_file(study: Study, name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{_name(study, name)}"'}
