"""What an organiser does with the images that are chosen."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.models import Role
from accounts.permissions import role_required
from core.access import get_changeable
from core.paging import keys_in
from survey import services
from survey.errors import StudyRefused
from survey.models import Stimulus, Study


def _images(count: int) -> str:
    return f"{count} image{'' if count == 1 else 's'}"


@require_POST
@role_required(Role.ORGANISER)
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Do with the ticked images what the button says: take out, or put to another use."""
    numbers = keys_in(request.POST.getlist("pick"))
    use = request.POST.get("use", "")
    if use:
        label = Stimulus.Use(use).label if use in Stimulus.Use.values else ""

        def act(study: Study, by: Any) -> str:
            count = services.stimuli_use(study=study, by=by, numbers=numbers, use=use)
            return f"{_images(count)} changed to: {label.lower()}."
    else:

        def act(study: Study, by: Any) -> str:
            count = services.stimuli_remove(study=study, by=by, numbers=numbers)
            return f"{_images(count)} taken out."

    return _done(request, pk, act)


@require_POST
@role_required(Role.ORGANISER)
def match(request: HttpRequest, pk: int) -> HttpResponse:
    """Match the images by their likeness, or as the numbers of the form say."""

    def act(study: Study, by: Any) -> str:
        matches = None if "likeness" in request.POST else _matches(request)
        count = services.stimuli_match(study=study, by=by, matches=matches)
        return f"{count} pairs."

    return _done(request, pk, act)


def _matches(request: HttpRequest) -> dict[int, int | None]:
    told: dict[int, int | None] = {}
    for name, value in request.POST.items():
        kind, _, number = name.partition("-")
        if kind == "match" and number.isdecimal():
            told[int(number)] = next(iter(keys_in([str(value)])), None)
    return told


@require_POST
@role_required(Role.ORGANISER)
def sign_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody has looked: nothing of a bar is left in the ticked pictures."""

    def act(study: Study, by: Any) -> str:
        numbers = keys_in(request.POST.getlist("pick"))
        count = services.bars_sign_off(study=study, by=by, numbers=numbers)
        return f"{_images(count)} signed off."

    return _done(request, pk, act)


@require_POST
@role_required(Role.ORGANISER)
def prepare(request: HttpRequest, pk: int) -> HttpResponse:
    study: Study = get_changeable(Study.objects.all(), user=request.user, pk=pk)
    by: Any = request.user
    try:
        services.stimuli_prepare(study=study, by=by)
    except StudyRefused as refused:
        messages.error(request, refused.reason)
    return redirect("survey:study", pk)


def _done(request: HttpRequest, pk: int, act: Callable[[Study, Any], str]) -> HttpResponse:
    study: Study = get_changeable(Study.objects.all(), user=request.user, pk=pk)
    try:
        messages.success(request, act(study, request.user))
    except StudyRefused as refused:
        messages.error(request, refused.reason)
    query = request.POST.get("query", "")
    return redirect(f"{reverse('survey:images', args=[pk])}{'?' + query if query else ''}")
