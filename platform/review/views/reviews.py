"""The list of reviews, one review, and what its owner does with it."""

from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Role, User
from accounts.permissions import member_required
from core.access import Visibility, get_changeable
from core.once import not_done, once
from core.paging import page_keys
from review import selectors, services
from review.access import image_segmentable, may_correct, review_visible
from review.errors import ReviewRefused
from review.masks_of_runs import left_out
from review.models import Review, State
from runs.errors import RunRefused


@require_safe
@member_required
def index(request: HttpRequest) -> HttpResponse:
    page = selectors.reviews_page(user=request.user, **page_keys(request.GET))
    return render(request, "review/index.html", {"page": page})


@require_safe
@member_required
def review(request: HttpRequest, pk: int) -> HttpResponse:
    found = review_visible(user=request.user, pk=pk)
    state = request.GET.get("state", "")
    page = selectors.items_page(
        review=found,
        state=state,
        **page_keys(request.GET),
    )
    return render(
        request,
        "review/review.html",
        {
            "review": found,
            "page": page,
            "state": state if state in State.values else "",
            "states": _states(found),
            "may_change": found.may_be_changed_by(request.user),
            "may_correct": may_correct(request.user, found),
            "visibilities": Visibility.choices,
            "left_out": left_out(review=found),
            "next_pending": found.items.filter(state=State.PENDING).order_by("pk").first(),
        },
    )


def _states(found: Review) -> list[tuple[str, str, int]]:
    return [
        ("", "All", found.item_count),
        (State.PENDING.value, "To review", found.pending_count),
        (State.ACCEPTED.value, "Accepted", found.accepted_count),
        (State.REJECTED.value, "Rejected", found.rejected_count),
    ]


@require_POST
@member_required
def share(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_changeable(Review.objects.all(), user=request.user, pk=pk)
    names = request.POST.get("shared_with", "").replace(",", " ").split()
    people = list(User.objects.filter(username__in=names, is_active=True))
    unknown = sorted(set(names) - {person.username for person in people})
    try:
        if unknown:
            raise ReviewRefused(f"Nobody here is named {', '.join(unknown)}; nothing was changed.")
        services.review_share(
            review=found,
            by=cast(User, request.user),
            title=request.POST.get("title", found.title),
            visibility=request.POST.get("visibility", ""),
            shared_with=people,
        )
        messages.success(request, "Saved.")
    except ReviewRefused as refused:
        messages.error(request, str(refused))
    return redirect("review:review", pk=found.pk)


@require_POST
@member_required
@once
def make_dataset(request: HttpRequest, pk: int) -> HttpResponse:
    found = review_visible(user=request.user, pk=pk)
    by = cast(User, request.user)
    if not by.has(Role.CURATOR) and not may_correct(by, found):
        raise PermissionDenied("Making a dataset needs the role curator or reviewer.")
    try:
        version = services.corrected_dataset(review=found, by=by)
    except ReviewRefused as refused:
        messages.error(request, str(refused))
        return not_done(request, redirect("review:review", pk=found.pk))
    messages.success(request, f"Made {version}: its ground truth are the accepted masks.")
    return redirect(reverse("catalog:dataset", args=[version.dataset_id]))


@require_POST
@member_required
@once
def segment(request: HttpRequest, image_pk: int) -> HttpResponse:
    """Find the particles of one image of a dataset; its review appears when the run has ended."""
    image = image_segmentable(user=request.user, pk=image_pk)
    try:
        run = services.segmentation_start(image=image, by=cast(User, request.user))
    except RunRefused as refused:
        messages.error(request, str(refused))
        return not_done(request, redirect("catalog:image", pk=image.pk))
    return redirect("runs:run", pk=run.pk)
