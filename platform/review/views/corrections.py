"""Saving corrections: JSON in, JSON out, for the page's script."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.permissions import member_required
from review import services
from review.access import correction_visible, item_correctable
from review.errors import ReviewRefused, VersionConflict
from review.models import Correction, MaskVersion, Progress
from review.words import edits_in_words

MOST_BODY_BYTES = 10_000_000


@require_POST
@member_required
def save(request: HttpRequest, pk: int) -> JsonResponse:
    """Take `{base, edits, note, dismissed}`.

    202: being computed, ask `status` until it has ended. 409: somebody else was faster, who and
    with what is told. 400: a sentence.
    """
    item = item_correctable(user=request.user, pk=pk)
    try:
        asked = _asked(request)
        correction = services.correction_start(item=item, by=cast(User, request.user), **asked)
    except ReviewRefused as refused:
        return JsonResponse({"problem": str(refused)}, status=400)
    except VersionConflict as conflict:
        return JsonResponse(_conflict(conflict, base=asked["base_number"]), status=409)
    return JsonResponse(_told(correction), status=202)


def _asked(request: HttpRequest) -> dict[str, Any]:
    if int(request.headers.get("Content-Length") or 0) > MOST_BODY_BYTES:
        raise ReviewRefused("The edits are larger than 8 MB; save more often.")
    try:
        given = json.loads(request.body)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise ReviewRefused("The edits are no JSON; reload the page and save again.") from None
    if not isinstance(given, dict):
        raise ReviewRefused("The edits are no object; reload the page and save again.")
    base, dismissed = given.get("base"), given.get("dismissed") or []
    if type(base) is not int or not 0 < base < 2**31:
        raise ReviewRefused("It is not told which version was corrected; reload the page.")
    if not isinstance(dismissed, list) or not all(
        type(label) is int and 0 < label < 65_536 for label in dismissed
    ):
        raise ReviewRefused("The dismissed particles are no list of numbers; reload the page.")
    return {
        "base_number": base,
        "edits": given.get("edits"),
        "note": str(given.get("note") or ""),
        "dismissed": dismissed,
    }


def _conflict(conflict: VersionConflict, *, base: int) -> dict[str, Any]:
    newest, pending = conflict.newest, conflict.pending
    later = newest.item.versions.filter(number__gt=base).select_related("author")
    told = [
        {
            "number": version.number,
            "by": str(version.author or "the network"),
            "ago": _ago(version),
            "what": edits_in_words(version.edits),
            "note": version.note,
        }
        for version in later.order_by("number")
    ]
    if pending is not None:
        told.append(
            {
                "number": pending.base.number + 1,
                "by": str(pending.author or "somebody"),
                "ago": "just now, still being computed",
                "what": edits_in_words(pending.edits),
                "note": pending.note,
            }
        )
    return {
        "problem": str(conflict),
        "newest": newest.number,
        "pending": pending is not None,
        "versions": told,
        "labelsUrl": reverse("review:labels", args=[newest.pk]),
        "particlesUrl": reverse("review:particles", args=[newest.pk]),
        "advice": "Yours are kept in this browser. Put them on top of the newest version, look at "
        "the result, and save again; or discard yours.",
    }


def _ago(version: MaskVersion) -> str:
    if timezone.now() - version.created_at < timedelta(minutes=1):
        return "just now"
    return f"{timesince(version.created_at, depth=1)} ago"


@require_safe
@member_required
def correction(request: HttpRequest, pk: int) -> HttpResponse:
    found = correction_visible(user=request.user, pk=pk)
    if services.is_overdue(found.run):
        found = services.correction_settle(correction=found)
    return JsonResponse(_told(found))


@require_POST
@member_required
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    found = correction_visible(user=request.user, pk=pk)
    item_correctable(user=request.user, pk=found.item_id)
    try:
        services.correction_cancel(correction=found, by=cast(User, request.user))
    except ReviewRefused as refused:
        return JsonResponse({"problem": str(refused)}, status=400)
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse(_told(found))
    return redirect("review:item", pk=found.item_id)


def _told(found: Correction) -> dict[str, Any]:
    version = found.version
    return {
        "progress": found.progress,
        "problem": found.problem,
        "running": found.progress == Progress.PENDING,
        "waiting": found.run is not None and found.run.started_at is None,
        "version": version.number if version else None,
        "labelsUrl": reverse("review:labels", args=[version.pk]) if version else None,
        "particlesUrl": reverse("review:particles", args=[version.pk]) if version else None,
        "status": reverse("review:correction", args=[found.pk]),
        "cancel": reverse("review:cancel-correction", args=[found.pk]),
    }
