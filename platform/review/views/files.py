"""Files of a review, each after the check that this person may see the review."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from accounts.permissions import member_required
from core.files import file_response
from review.access import comparison_visible, item_visible, version_visible


@require_safe
@member_required
def view_image(request: HttpRequest, pk: int) -> FileResponse:
    return file_response(item_visible(user=request.user, pk=pk).view)


@require_safe
@member_required
def thumbnail(request: HttpRequest, pk: int) -> FileResponse:
    """A small picture; a review shows the images of a dataset that itself may not be shared."""
    item = item_visible(user=request.user, pk=pk)
    return file_response(item.image.thumbnail if item.image else item.view)


@require_safe
@member_required
def labels(request: HttpRequest, pk: int) -> FileResponse:
    return file_response(version_visible(user=request.user, pk=pk).labels)


@require_safe
@member_required
def particles(request: HttpRequest, pk: int) -> FileResponse:
    return file_response(version_visible(user=request.user, pk=pk).particles)


@require_safe
@member_required
def compared(request: HttpRequest, pk: int, name: str) -> FileResponse:
    comparison = comparison_visible(user=request.user, pk=pk)
    stored = {
        "matches.json": comparison.matches,
        "first.png": comparison.first_labels,
        "second.png": comparison.second_labels,
    }.get(name)
    if stored is None:
        raise Http404("This comparison has no such file.")
    return file_response(stored)
