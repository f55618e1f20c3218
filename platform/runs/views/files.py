"""Files of runs, after the run was found to be visible."""

from django.http import FileResponse, HttpRequest
from django.views.decorators.http import require_safe

from accounts.permissions import member_required
from core.files import file_response
from runs import selectors

# What a browser may show by itself. All else, HTML and SVG above all, is only ever downloaded.
SHOWN = {"image/png", "image/jpeg", "text/plain", "text/csv", "application/json"}


@require_safe
@member_required
def artifact(request: HttpRequest, pk: int) -> FileResponse:
    found = selectors.artifact_get_visible(user=request.user, pk=pk)
    download = found.file.media_type not in SHOWN or "download" in request.GET
    return file_response(found.file, filename=found.path.rpartition("/")[2], download=download)


@require_safe
@member_required
def sample(request: HttpRequest, pk: int) -> FileResponse:
    found = selectors.sample_get_visible(user=request.user, pk=pk)
    download = found.file.media_type not in SHOWN
    return file_response(found.file, filename=found.path.rpartition("/")[2], download=download)
