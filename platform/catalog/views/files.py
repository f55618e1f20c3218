"""Files of images, sent after the access check of their dataset."""

from django.http import FileResponse, HttpRequest
from django.views.decorators.http import require_safe

from accounts.permissions import member_required
from catalog.selectors import image_get_visible
from core.sending import file_response, file_view

# The PNG that browsers get; a small one; instance labels, whose 16 bits the page decodes.
image_view = file_view(member_required, lambda **asked: image_get_visible(**asked).view)
thumbnail = file_view(member_required, lambda **asked: image_get_visible(**asked).thumbnail)
truth = file_view(
    member_required,
    lambda **asked: image_get_visible(**asked).truth,
    missing="This image has no ground truth.",
)


@require_safe
@member_required
def original(request: HttpRequest, pk: int) -> FileResponse:
    """What was uploaded, byte by byte, for the disk only: a browser never opens it."""
    image = image_get_visible(user=request.user, pk=pk)
    response = file_response(image.file, filename=image.name, download=True)
    response["Content-Type"] = "application/octet-stream"
    return response
