"""Taking frozen versions out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.permissions import member_required
from catalog.models import Version
from catalog.selectors import version_get_visible
from core.sending import file_response
from exchange import selectors
from exchange.errors import ExchangeRefused
from exchange.models import Layout
from exchange.services.cards import table_rows
from exchange.services.exports import export_start

if TYPE_CHECKING:
    from core.views import HtmxRequest

SHOWN = 20


@member_required
@require_safe
@never_cache
def exports(request: HttpRequest, pk: int) -> HttpResponse:
    version = version_get_visible(user=request.user, pk=pk)
    return render(request, "exchange/exports.html", _told(version))


@member_required
@require_safe
@never_cache
def progress(request: HtmxRequest, pk: int) -> HttpResponse:
    version = version_get_visible(user=request.user, pk=pk)
    if not request.htmx:
        return redirect("exchange:export", version.pk)
    return render(request, "exchange/exports.html#exports", _told(version))


@member_required
@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    version = version_get_visible(user=request.user, pk=pk)
    try:
        export_start(
            version=version,
            by=cast(User, request.user),
            layout=request.POST.get("layout", ""),
            with_images=request.POST.get("with_images", "on") == "on",
        )
    except ExchangeRefused as refusal:
        context = _told(version) | {"problem": str(refusal)}
        return render(request, "exchange/exports.html", context, status=422)
    return redirect("exchange:export", version.pk)


@member_required
@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    export = selectors.export_get_visible(user=request.user, pk=pk)
    artifact = selectors.export_artifact(export=export) if export.is_ready else None
    if artifact is None:
        return redirect("exchange:export", export.version_id)
    name = f"{_slug(export.version)}-{export.layout}.zip"
    return file_response(artifact.file, filename=name, download=True)


@member_required
@require_safe
@never_cache
def table(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The table of a version, sent row by row."""
    version = version_get_visible(user=request.user, pk=pk)
    response = StreamingHttpResponse(table_rows(version), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_slug(version)}.csv"'
    return response


def _slug(version: Version) -> str:
    return f"{slugify(version.dataset.name)[:60] or 'dataset'}-v{version.number}"


def _told(version: Version) -> dict[str, Any]:
    found = list(selectors.exports_of(version=version)[:SHOWN])
    return {
        "version": version,
        "dataset": version.dataset,
        "exports": found,
        "layouts": Layout,
        "has_truth": bool(version.counts.get("truth")),
        "is_final": all(export.is_final for export in found),
    }
