"""Sending kept files: whole or in part, never what the browser has, never by way of the memory."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import IO, Any, cast

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from core.files import file_open, storage_name
from core.models import StoredFile

# From a place on, up to a place, or the last so many bytes; several parts at once nobody asks for.
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


class KeptBytes:
    """What a response reads from: a part of a kept file, opened when the first byte is wanted."""

    def __init__(self, stored: StoredFile) -> None:
        self.stored = stored
        self.start, self.left = 0, stored.size_bytes
        self._stream: IO[bytes] | None = None

    def narrow(self, start: int, length: int) -> None:
        """Read these bytes only. Before the first is read."""
        self.start, self.left = start, length

    def open(self) -> IO[bytes]:
        """Open it now, so that a file that is missing is an error and not half an answer."""
        if self._stream is None:
            self._stream = _opened(self.stored, self.start, self.left)
        return self._stream

    def read(self, size: int = -1) -> bytes:
        if not self.left:
            return b""
        content = self.open().read(self.left if size < 0 else min(size, self.left))
        self.left -= len(content)
        return content

    def fileno(self) -> int:
        """Where the file lies in a folder: the system sends it from its place on by itself."""
        stream = self.open()
        if not hasattr(stream, "fileno"):
            raise io.UnsupportedOperation("fileno")
        return stream.fileno()

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()


def _opened(stored: StoredFile, start: int, length: int) -> IO[bytes]:
    name = storage_name(stored.sha256)
    bucket = getattr(default_storage, "bucket", None)
    if bucket is not None and length:
        # Its `open` fetches the whole object before the first byte can be read.
        try:
            found = bucket.Object(name).get(Range=f"bytes={start}-{start + length - 1}")
        except bucket.meta.client.exceptions.NoSuchKey as error:
            raise FileNotFoundError(name) from error
        return cast("IO[bytes]", found["Body"])
    stream = file_open(stored)
    stream.seek(start)
    return stream


def file_response(
    stored: StoredFile, *, filename: str = "", download: bool = False
) -> FileResponse:
    """Send a file whose content never changes; only to this person's own browser cache."""
    response = FileResponse(
        KeptBytes(stored),
        content_type=stored.media_type,
        filename=filename or stored.sha256[:12],
        as_attachment=download,
    )
    response["Content-Length"] = str(stored.size_bytes)
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, max-age=86400, immutable"
    response["ETag"] = f'"{stored.sha256}"'
    return response


def file_view(
    allowed: Callable[[Any], Any], file_of: Callable[..., StoredFile | None], *, missing: str = ""
) -> Callable[..., FileResponse]:
    """A view that sends a file; `file_of(user=..., pk=...)` finds it and checks the access.

    `allowed` is the decorator of the door. Where there is no file it is 404, with `missing`.
    """

    def view(request: HttpRequest, **asked: Any) -> FileResponse:
        stored = file_of(user=request.user, **asked)
        if stored is None:
            raise Http404(missing)
        return file_response(stored)

    return cast("Callable[..., FileResponse]", require_safe(allowed(view)))


class PartsOfFiles:
    """Answer `Range` and `If-None-Match` where a kept file is sent (RFC 9110, 13 and 14)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        kept = getattr(response, "file_to_stream", None)
        if not isinstance(kept, KeptBytes) or response.status_code != 200:
            return response
        known = get_conditional_response(
            request, etag=response["ETag"], response=cast("HttpResponse", response)
        )
        if known is not response:
            return known or response
        if request.method == "GET":
            _narrow(request, response, kept)
            kept.open()
        return response


def _narrow(request: HttpRequest, response: HttpResponseBase, kept: KeptBytes) -> None:
    asked = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    if asked is None or asked.groups() == ("", ""):
        return
    if request.headers.get("If-Range", response["ETag"]) != response["ETag"]:
        return
    size = kept.stored.size_bytes
    first, last = asked.groups()
    if first:
        start, end = int(first), min(int(last or size), size - 1)
        if last and int(last) < int(first):
            return  # no range at all, by the RFC
    else:
        start, end = max(0, size - int(last)), size - 1
    if start > end:
        response.status_code = 416
        response["Content-Range"] = f"bytes */{size}"
        response["Content-Length"] = "0"
        kept.narrow(0, 0)
        return
    response.status_code = 206
    response["Content-Range"] = f"bytes {start}-{end}/{size}"
    response["Content-Length"] = str(end - start + 1)
    kept.narrow(start, end - start + 1)
