"""Two masks of one image on one page."""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.permissions import member_required
from core.once import not_done, once
from review import selectors, services
from review.access import comparison_visible, item_visible
from review.errors import ReviewRefused
from review.models import Comparison, Progress, ReviewItem


@require_POST
@member_required
@once
def start(request: HttpRequest, pk: int) -> HttpResponse:
    item = item_visible(user=request.user, pk=pk)
    wanted = request.POST.get("with", "")
    rivals = {rival.key: rival for rival in selectors.rivals_of(item=item, user=request.user)}
    rival = rivals.get(wanted)
    try:
        if rival is None or item.head is None:
            raise ReviewRefused("Choose a mask from the list to compare with.")
        comparison = services.comparison_start(
            item=item,
            first=item.head,
            by=cast(User, request.user),
            second=rival.version,
            truth=rival.truth,
        )
    except ReviewRefused as refused:
        messages.error(request, str(refused))
        return not_done(request, redirect("review:item", pk=item.pk))
    return redirect("review:comparison", pk=comparison.pk)


@require_safe
@member_required
def comparison(request: HttpRequest, pk: int) -> HttpResponse:
    found = comparison_visible(user=request.user, pk=pk)
    if services.is_overdue(found.run):
        found = services.comparison_settle(comparison=found)
    context: dict[str, Any] = {
        "comparison": found,
        "item": found.item,
        "review": found.item.review,
    }
    if found.progress == Progress.PENDING:
        fragment = "#waiting" if getattr(request, "htmx", False) else ""
        return render(request, f"review/comparison.html{fragment}", context)
    context |= {
        "page_data": _page_data(found, found.item),
        "remembered": selectors.remembered_by(comparison=found),
    }
    response = render(request, "review/comparison.html", context)
    if getattr(request, "htmx", False):
        response["HX-Refresh"] = "true"
    return response


def _page_data(found: Comparison, item: ReviewItem) -> dict[str, Any]:
    return {
        "width": item.width_px,
        "height": item.height_px,
        "rows": item.rows_px or item.height_px,
        "nm_per_px": item.nm_per_px,
        "name": item.name,
        "firstName": found.first_name,
        "secondName": found.second_name,
        "viewUrl": reverse("review:view", args=[item.pk]),
        "matchesUrl": reverse("review:compared", args=[found.pk, "matches.json"]),
        "firstUrl": reverse("review:compared", args=[found.pk, "first.png"]),
        "secondUrl": reverse("review:compared", args=[found.pk, "second.png"]),
    }
