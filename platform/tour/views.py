from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import member_required, person
from catalog.selectors import datasets_visible
from core.once import not_done, once
from runs.errors import RunRefused
from runs.selectors import runs_visible
from survey.selectors.games import game_of
from tour import selectors
from tour.errors import TourRefused
from tour.models import Size
from tour.services import tour_start

SHOWN = 5


@require_safe
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        context: dict[str, Any] = {"game": game_of(user=request.user)}
        return render(request, "tour/welcome.html", context)
    if not person(request).is_member:
        return render(request, "tour/rater.html")
    context = {
        **_tour(request),
        **_newest(request),
        "sizes": Size.choices,
        "game": game_of(user=request.user),
    }
    return render(request, "tour/home.html", context)


@require_safe
@never_cache
@member_required
def checklist(request: HttpRequest) -> HttpResponse:
    """The parts of the page that change; a browser that comes here by itself gets it all."""
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("tour:home")
    return render(request, "tour/partials/changed.html", _tour(request) | _newest(request))


@require_POST
@member_required
@once
def start(request: HttpRequest) -> HttpResponse:
    size = request.POST.get("size", Size.QUICK.value)
    try:
        if size not in Size.values:
            raise TourRefused("Choose a short or a whole tour.")
        tour_start(by=person(request), size=size)
    except TourRefused as refused:
        messages.error(request, str(refused))
        return not_done(request, redirect("tour:home"))
    except RunRefused as refused:
        messages.error(request, f"The tour was not started: {refused.reason}")
        return not_done(request, redirect("tour:home"))
    messages.success(request, "The tour has begun. Look at whatever is ready.")
    return redirect("tour:home")


def _tour(request: HttpRequest) -> dict[str, Any]:
    tour = selectors.latest_tour(user=request.user)
    steps = selectors.steps_of(tour) if tour else []
    return {"tour": tour, "steps": steps, "is_final": not tour or selectors.is_final(steps)}


def _newest(request: HttpRequest) -> dict[str, Any]:
    user = person(request)
    return {
        "datasets": datasets_visible(user=user).order_by("-pk")[:SHOWN],
        "runs": runs_visible(user=user).order_by("-pk")[:SHOWN],
    }
