"""A disk that is full, under the database or under the files: said as such, wherever it shows."""

from __future__ import annotations

import errno
import logging
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.defaults import server_error

logger = logging.getLogger(__name__)

DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
# SQLITE_FULL; and SQLITE_IOERR_SHMSIZE, where its shared memory is what finds no space.
_SQLITE_FULL = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE})
_POSTGRES_FULL = (
    "53100"  # disk_full; https://www.postgresql.org/docs/current/errcodes-appendix.html
)
SAID = "The disk of the server is full. Nothing of this was stored; what was saved before is safe."


def answer(request: HttpRequest) -> HttpResponse:
    """Answer for an exception that nobody caught (Django's `handler500`)."""
    error = sys.exc_info()[1]
    if error is None or not is_full_disk(error):
        return server_error(request)
    where = full_place(error)
    logger.error("the disk is full: free some space %s", where)
    do = (
        f"Free some space {where}, then send it again."
        if _is_member(request)
        else "Tell whoever runs this server, and send it again later."
    )
    status = HTTPStatus.INSUFFICIENT_STORAGE
    if _wants_json(request):
        return JsonResponse({"detail": f"{SAID} {do}"}, status=status)
    if request.headers.get("HX-Request") or request.headers.get("Tus-Resumable"):
        kind = "text/plain; charset=utf-8"
        return HttpResponse(f"{SAID} {do}", status=status, content_type=kind)
    shown = {"said": SAID, "do": do, "was_sent": request.method == "POST"}
    return render(request, "507.html", shown, status=status)


def is_full_disk(error: BaseException) -> bool:
    """Say whether this error, or what led to it, is a disk without space."""
    return any(_says_full(one) for one in _chain(error))


def full_place(error: BaseException) -> str:
    """Where space is wanted, as the end of a sentence."""
    if any(isinstance(one, DatabaseError) for one in _chain(error)):
        if connection.vendor == "postgresql":
            return f"on the disk of the database ({connection.settings_dict['HOST'] or 'local'})"
        return f"in {settings.SEMBLANCE_HOME}"
    files = [settings.MEDIA_ROOT] if hasattr(default_storage, "location") else []
    folders = (Path(str(one)) for one in (*files, settings.SEMBLANCE_HOME, tempfile.gettempdir()))
    there = [folder for folder in folders if folder.is_dir()]
    return f"in {min(there, key=lambda folder: shutil.disk_usage(folder).free)}"


def _says_full(error: BaseException) -> bool:
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", None) in _SQLITE_FULL
    if isinstance(error, OSError):
        return error.errno in DISK_FULL
    return getattr(error, "sqlstate", None) == _POSTGRES_FULL


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _is_member(request: HttpRequest) -> bool:
    """Only who belongs to the lab is told of its folders; asking may fail on this very disk."""
    try:
        return bool(getattr(request.user, "is_member", False))
    except (AttributeError, DatabaseError, OSError):
        return False


def _wants_json(request: HttpRequest) -> bool:
    """For scripts: the API, and what a page's own script sends as JSON."""
    accepts = request.headers.get("Accept", "")
    return (
        request.path.startswith("/api/")
        or request.content_type == "application/json"
        or ("application/json" in accepts and "text/html" not in accepts)
    )
