"""Resumable uploads: the tus protocol 1.0 (https://tus.io/protocols/resumable-upload).

Creation, creation with upload, expiration, checksum and termination. Answers are for programs, so
they are plain text, and nobody is sent to a sign-in page. Browsers come by their session, scripts
by the token of the API.
"""

from __future__ import annotations

import base64
import binascii
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import http_date
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from rest_framework.authentication import TokenAuthentication

from accounts.models import Role, User
from accounts.permissions import require_role
from accounts.scripts import TokenRefused, let_in
from catalog.models import Dataset
from core.access import get_changeable
from exchange import selectors
from exchange.errors import ExchangeRefused
from exchange.models import Upload
from exchange.services import uploads

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,expiration,checksum,termination"
PIECE = "application/offset+octet-stream"
_MOST_DIGITS = 18
CHECKSUM_MISMATCH, LOCKED = 460, 423  # 460 is the protocol's own

View = Callable[..., HttpResponse]


def _speaks_tus(view: View) -> View:
    @never_cache
    @wraps(view)
    def spoken(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            let_in(request)
        except TokenRefused as refused:
            return _stranger(f"{refused} What was uploaded so far is kept.")
        except PermissionDenied as error:
            return _said(403, str(error))
        if not request.user.is_authenticated:
            return _stranger("Sign in first; what was uploaded so far is kept.")
        if request.method != "OPTIONS" and request.headers.get("Tus-Resumable") != VERSION:
            response = _said(412, f"This server speaks tus {VERSION}.")
            response["Tus-Version"] = VERSION
            return response
        try:
            response = view(request, *args, **kwargs)
        except PermissionDenied as error:
            response = _said(403, str(error))
        except Http404 as error:
            response = _said(404, str(error))
        response["Tus-Resumable"] = VERSION
        return response

    return csrf_exempt(spoken)  # `let_in` checks, for those who come by a session


@require_http_methods(["POST", "OPTIONS"])
@_speaks_tus
def create(request: HttpRequest, pk: int) -> HttpResponse:
    require_role(request.user, Role.CURATOR)
    dataset = get_changeable(Dataset.objects.all(), user=request.user, pk=pk)
    if request.method == "OPTIONS":
        return _abilities()
    size = _number(request.headers.get("Upload-Length", ""))
    if size is None:
        return _said(400, "Upload-Length must say how many bytes the file has.")
    name = _metadata(request.headers.get("Upload-Metadata", "")).get("filename", "")
    if not name.strip():
        return _said(400, "Upload-Metadata must say what the file is called (filename).")
    try:
        upload = uploads.upload_create(
            owner=cast(User, request.user), dataset=dataset, name=name, size_bytes=size
        )
    except ExchangeRefused as refusal:
        return _said(413, str(refusal))
    response = HttpResponse(status=201)
    if request.content_type == PIECE:
        response = _append(request, upload, 0)
        response.status_code = 201 if response.status_code == 204 else response.status_code
    response["Location"] = reverse("exchange:tus-upload", args=[upload.pk])
    return _with_expiry(response, upload)


@require_http_methods(["HEAD", "PATCH", "DELETE"])
@_speaks_tus
def upload(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    found = selectors.upload_get_own(user=request.user, pk=pk)
    if request.method == "HEAD":
        response = HttpResponse()
        response["Upload-Offset"] = uploads.upload_offset(found)
        response["Upload-Length"] = found.size_bytes
        return _with_expiry(response, found)
    if request.method == "DELETE":
        try:
            uploads.upload_delete(upload=found)
        except uploads.UploadBusy:
            return _busy()
        return HttpResponse(status=204)
    if request.content_type != PIECE:
        return _said(415, f"A piece is sent as {PIECE}.")
    offset = _number(request.headers.get("Upload-Offset", ""))
    if offset is None:
        return _said(400, "Upload-Offset must say where the piece begins.")
    return _with_expiry(_append(request, found, offset), found)


def _append(request: HttpRequest, found: Upload, offset: int) -> HttpResponse:
    length = _number(request.headers.get("Content-Length", ""))
    if length is not None and offset + length > found.size_bytes:
        return _said(413, f"{found.name} was announced with {found.size_bytes:,} bytes.")
    try:
        sha256 = _checksum(request.headers.get("Upload-Checksum", ""))
        here = uploads.upload_append(upload=found, offset=offset, stream=request, sha256=sha256)
    except ValueError as error:
        return _said(400, str(error))
    except uploads.WrongOffset as error:
        return _said(409, f"{error} Ask for the offset and go on from there.")
    except uploads.WrongChecksum:
        return _said(
            CHECKSUM_MISMATCH, "The piece came damaged and was thrown away; send it again."
        )
    except uploads.UploadBusy:
        return _busy()
    response = HttpResponse(status=204)
    response["Upload-Offset"] = here
    return response


def _abilities() -> HttpResponse:
    from django.conf import settings

    response = HttpResponse(status=204)
    response["Tus-Version"] = VERSION
    response["Tus-Extension"] = EXTENSIONS
    response["Tus-Max-Size"] = settings.SEMBLANCE_UPLOAD_MAX_MB * 1_000_000
    response["Tus-Checksum-Algorithm"] = "sha256"
    return response


def _with_expiry(response: HttpResponse, found: Upload) -> HttpResponse:
    response["Upload-Expires"] = http_date(found.expires_at.timestamp())
    return response


def _busy() -> HttpResponse:
    return _said(LOCKED, "Another connection is still sending this file; try again in a moment.")


def _stranger(sentence: str) -> HttpResponse:
    response = _said(401, sentence)
    response["WWW-Authenticate"] = TokenAuthentication.keyword
    return response


def _said(status: int, sentence: str) -> HttpResponse:
    return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None


def _metadata(header: str) -> dict[str, str]:
    """Read `key base64,key base64`; what cannot be read is left out."""
    found = {}
    for pair in header.split(","):
        key, _, value = pair.strip().partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
    return found


def _checksum(header: str) -> bytes | None:
    if not header:
        return None
    algorithm, _, value = header.partition(" ")
    if algorithm != "sha256":
        raise ValueError("The checksum must be sha256.")
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error:
        raise ValueError("The checksum must be in base64.") from None
