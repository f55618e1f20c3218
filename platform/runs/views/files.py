"""Files of runs, after the run was found to be visible."""

from collections.abc import Iterable

from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_safe

from accounts.permissions import member_required
from core.access import get_visible
from core.sending import file_response
from runs import selectors
from runs.archive import zip_stream
from runs.models import Run

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


@require_safe
@member_required
def archive(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """All files of a run; its length is not known before it is sent."""
    run = get_visible(Run.objects.all(), user=request.user, pk=pk)
    return _attached(zip_stream(run), "application/zip", f"run-{run.pk}.zip")


@require_safe
@member_required
def log(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The whole log, as text."""
    run = get_visible(Run.objects.all(), user=request.user, pk=pk)
    rows = run.log_lines.order_by("pk").iterator(chunk_size=500)
    lines = (f"{row.at:%Y-%m-%d %H:%M:%S} {row.level}: {row.message}\n" for row in rows)
    return _attached(lines, "text/plain; charset=utf-8", f"run-{run.pk}-log.txt")


def _attached(content: Iterable[bytes | str], kind: str, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
