"""One image of a review: its mask corrected, its particles, its decision."""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.permissions import member_required
from review import selectors, services
from review.access import item_correctable, item_visible, may_correct
from review.errors import ReviewRefused
from review.models import MaskVersion, ReviewItem
from review.views.exports import exports_of


@require_safe
@member_required
def item(request: HttpRequest, pk: int) -> HttpResponse:
    found = item_visible(user=request.user, pk=pk)
    version = _version(found, request.GET.get("version", ""))
    if version is not None and services.is_overdue(version.files_run):
        services.outlines_settle(version=version)
    may = may_correct(request.user, found.review)
    context = {
        **_context(request, found, version),
        "exports": exports_of(version) if version else [],
        "versions": selectors.versions_of(item=found),
        "rivals": selectors.rivals_of(item=found, user=request.user) if version else [],
        "comparisons": found.comparisons.order_by("-pk")[:5],
        "may_correct": may,
        "pending": selectors.pending_correction(item=found),
        "reasons": REASONS,
    }
    return render(request, "review/item.html", context)


@require_safe
@member_required
def crops(request: HttpRequest, pk: int) -> HttpResponse:
    found = item_visible(user=request.user, pk=pk)
    context = _context(request, found, found.head)
    return render(
        request,
        "review/crops.html",
        context | {"may_correct": may_correct(request.user, found.review)},
    )


REASONS = ("Out of focus", "Particles missed", "Particles merged", "Background taken for particles")


@require_POST
@member_required
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    found = item_correctable(user=request.user, pk=pk)
    seen = request.POST.get("version", "")
    try:
        services.item_decide(
            item=found,
            by=cast(User, request.user),
            state=request.POST.get("state", ""),
            reason=request.POST.get("reason", ""),
            seen=int(seen) if seen.isdecimal() and len(seen) < 10 else None,
        )
    except ReviewRefused as refused:
        messages.error(request, str(refused))
        return redirect("review:item", pk=found.pk)
    following = selectors.neighbours(item=found)
    if request.POST.get("then") == "next" and following.next_pending is not None:
        return redirect("review:item", pk=following.next_pending)
    return redirect("review:item", pk=found.pk)


def _version(found: ReviewItem, number: str) -> MaskVersion | None:
    """The version that is asked for, else the newest."""
    if number.isdecimal() and len(number) < 10:
        asked = found.versions.filter(number=int(number)).first()
        if asked is not None:
            return asked
    return found.head


def _context(
    request: HttpRequest, found: ReviewItem, version: MaskVersion | None
) -> dict[str, Any]:
    return {
        "item": found,
        "review": found.review,
        "version": version,
        "is_newest": version is not None and version.pk == found.head_id,
        "neighbours": selectors.neighbours(item=found),
        "page_data": _page_data(request, found, version) if version else None,
    }


def _page_data(request: HttpRequest, found: ReviewItem, version: MaskVersion) -> dict[str, Any]:
    """What the page's scripts need to know."""
    may = may_correct(request.user, found.review) and version.pk == found.head_id
    return {
        "item": found.pk,
        "name": found.name,
        "user": request.user.pk,
        "version": version.number,
        "width": found.width_px,
        "height": found.height_px,
        "rows": found.rows_px or found.height_px,
        "nm_per_px": found.nm_per_px,
        "viewUrl": reverse("review:view", args=[found.pk]),
        "labelsUrl": reverse("review:labels", args=[version.pk]),
        "particlesUrl": reverse("review:particles", args=[version.pk]),
        "saveUrl": reverse("review:save", args=[found.pk]) if may else None,
        "itemUrl": reverse("review:item", args=[found.pk]),
    }
