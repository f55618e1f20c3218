"""Files of images, sent after the access check of their dataset."""

from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from accounts.permissions import member_required
from catalog.selectors import image_get_visible
from core.files import file_response


@require_safe
@member_required
def image_view(request: HttpRequest, pk: int) -> FileResponse:
    """The PNG that browsers get."""
    return file_response(image_get_visible(user=request.user, pk=pk).view)


@require_safe
@member_required
def thumbnail(request: HttpRequest, pk: int) -> FileResponse:
    return file_response(image_get_visible(user=request.user, pk=pk).thumbnail)


@require_safe
@member_required
def truth(request: HttpRequest, pk: int) -> FileResponse:
    """Instance labels as they are; the page decodes their 16 bits."""
    stored = image_get_visible(user=request.user, pk=pk).truth
    if stored is None:
        raise Http404("This image has no ground truth.")
    return file_response(stored)


@require_safe
@member_required
def original(request: HttpRequest, pk: int) -> FileResponse:
    """What was uploaded, byte by byte, for the disk only: a browser never opens it."""
    image = image_get_visible(user=request.user, pk=pk)
    response = file_response(image.file, filename=image.name, download=True)
    response["Content-Type"] = "application/octet-stream"
    return response
