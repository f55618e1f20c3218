"""Downloads of a mask and of a review."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import cast

from django.contrib import messages
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.permissions import member_required
from core.models import StoredFile
from core.sending import file_response
from core.zips import zip_stream
from review import services
from review.access import review_visible, version_visible
from review.errors import ReviewRefused
from review.exports.figure import outlines_svg
from review.exports.histogram import histogram_svg
from review.exports.outlines import coco_bytes, roi_set_bytes
from review.exports.tables import csv_bytes, excel_bytes
from review.models import MaskVersion, Review

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Suffix -> media type and maker; those below need outlines, which a stage makes first.
_AT_ONCE: dict[str, tuple[str, Callable[[MaskVersion], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", lambda version: csv_bytes([version])),
    "xlsx": (_EXCEL, lambda version: excel_bytes([version])),
    "svg": ("image/svg+xml", lambda version: histogram_svg(version).encode()),
}
_TRACED: dict[str, tuple[str, Callable[[MaskVersion], bytes]]] = {
    "coco.json": ("application/json", lambda version: coco_bytes([version])),
    "rois.zip": ("application/zip", roi_set_bytes),
    "outlines.svg": ("image/svg+xml", lambda version: outlines_svg(version).encode()),
}

_NAMES = {
    "csv": "CSV",
    "xlsx": "Excel",
    "svg": "Histogram (SVG)",
    "png": "Labels (PNG)",
    "tif": "Mask (TIFF)",
    "outlines.svg": "Outlines (SVG)",
    "coco.json": "COCO",
    "rois.zip": "ImageJ ROI set",
}


def exports_of(version: MaskVersion) -> list[tuple[str, str]]:
    """Suffix and name of what can be downloaded of a mask now."""
    ready = [*_AT_ONCE, "png"]
    if version.outlines_id is not None:
        ready = list(_NAMES)
    return [(kind, name) for kind, name in _NAMES.items() if kind in ready]


@require_safe
@member_required
def version_file(request: HttpRequest, pk: int, kind: str) -> HttpResponse | FileResponse:
    version = version_visible(user=request.user, pk=pk)
    name = f"{slug(version.item.name)}-v{version.number}"
    if kind == "png":
        return file_response(version.labels, filename=f"{name}-labels.png", download=True)
    if kind in _AT_ONCE:
        media_type, make = _AT_ONCE[kind]
        return download(make(version), f"{name}.{kind}", media_type)
    if kind not in (*_TRACED, "tif"):
        raise Http404("There is no such export.")
    version = services.outlines_settle(version=version)
    if version.mask is None:
        messages.info(request, "This file is made first: press “Make outlines and TIFF”.")
        return redirect("review:item", pk=version.item_id)
    if kind == "tif":
        return file_response(version.mask, filename=f"{name}-mask.tif", download=True)
    media_type, make = _TRACED[kind]
    return download(make(version), f"{name}.{kind}", media_type)


@require_POST
@member_required
def prepare(request: HttpRequest, pk: int) -> HttpResponse:
    """Have outlines and the TIFF of a mask made; the page says when they are there."""
    version = version_visible(user=request.user, pk=pk)
    try:
        services.outlines_start(version=version, by=cast(User, request.user))
        messages.success(request, "Outlines and TIFF are being made; reload in a few seconds.")
    except ReviewRefused as refused:
        messages.error(request, str(refused))
    address = reverse("review:item", args=[version.item_id])
    return redirect(f"{address}?version={version.number}#export")


@require_safe
@member_required
def review_file(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """All newest masks of a review in one file."""
    review = review_visible(user=request.user, pk=pk)
    name = slug(review.title)
    versions = _newest(review)
    if kind == "csv":
        return download(csv_bytes(versions), f"{name}.csv", "text/csv; charset=utf-8")
    if kind == "xlsx":
        return download(excel_bytes(versions), f"{name}.xlsx", _EXCEL)
    if kind == "labels.zip":
        packed = StreamingHttpResponse(
            zip_stream(_labels(versions)), content_type="application/zip"
        )
        _as_attachment(packed, f"{name}-labels.zip")
        return packed
    if kind == "coco.json" and all(version.outlines_id for version in versions):
        return download(coco_bytes(versions), f"{name}.coco.json", "application/json")
    if kind == "coco.json":
        messages.info(request, "Some outlines are not made yet; press COCO again.")
        return redirect("review:review", pk=review.pk)
    raise Http404("There is no such export.")


@require_POST
@member_required
def review_coco(request: HttpRequest, pk: int) -> HttpResponse:
    """The COCO file of a review, or the outlines that it lacks are made first."""
    review = review_visible(user=request.user, pk=pk)
    missing = []
    for version in _newest(review):
        if services.outlines_settle(version=version).outlines_id is None:
            missing.append(version)
    try:
        for version in missing:
            services.outlines_start(version=version, by=cast(User, request.user))
    except ReviewRefused as refused:
        messages.error(request, str(refused))
        return redirect("review:review", pk=review.pk)
    if missing:
        messages.info(
            request, f"Outlines of {len(missing)} masks are being made; press COCO again soon."
        )
        return redirect("review:review", pk=review.pk)
    return redirect("review:export-review", pk=review.pk, kind="coco.json")


def _newest(review: Review) -> list[MaskVersion]:
    rows = MaskVersion.objects.filter(pk__in=review.items.values("head"))
    return list(
        rows.select_related("item__review__run", "item__reviewer", "author", "labels").order_by(
            "item_id"
        )
    )


def _labels(versions: list[MaskVersion]) -> Iterator[tuple[str, StoredFile | bytes]]:
    yield "particles.csv", csv_bytes(versions)
    for version in versions:
        name = f"{version.item_id}-{slug(version.item.name)}-v{version.number}.png"
        yield name, version.labels


def _as_attachment(response: HttpResponseBase, filename: str) -> None:
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    # An SVG opened by itself is a page; this one may do nothing.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"


def download(content: bytes, filename: str, media_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    _as_attachment(response, filename)
    return response


def slug(name: str) -> str:
    stem = name.rsplit(".", 1)[0] if "." in name else name
    return re.sub(r"[^A-Za-z0-9_-]+", "-", stem).strip("-")[:60] or "mask"
