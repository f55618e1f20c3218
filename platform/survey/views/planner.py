"""The planner: what a design can conclude, asked before anybody else is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Role
from accounts.permissions import member_required, person, role_required
from core.access import get_changeable
from survey import services
from survey.checks import counted
from survey.errors import StudyRefused
from survey.forms.planner import PAPER, PlannerForm
from survey.models import Planning, Study
from survey.selectors import plannings
from survey.views.drawn import figure_response

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from survey.figures.drawing import Drawing


@require_safe
@member_required
@never_cache
def page(request: HttpRequest) -> HttpResponse:
    study = _study(request, request.GET.get("study"))
    initial: dict[str, Any] = {}
    if request.GET.get("preset") == "paper":
        initial = dict(PAPER)
    elif study is not None:
        checks = counted(study=study)
        initial = plannings.question_for(study, real=checks.real, artificial=checks.artificial)
    return render(request, "survey/planner.html", _asked(request, study, PlannerForm(), initial))


@require_POST
@member_required
def start(request: HttpRequest) -> HttpResponse:
    study = _study(request, request.POST.get("study"))
    form = PlannerForm(request.POST)
    if form.is_valid():
        try:
            planning = services.planning_start(
                question=form.cleaned_data, by=person(request), study=study
            )
        except StudyRefused as refused:
            form.add_error(None, refused.reason)
        else:
            return redirect("survey:planning", planning.pk)
    return render(request, "survey/planner.html", _asked(request, study, form), status=422)


@require_safe
@member_required
@never_cache
def planning(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "survey/planning.html", _context(request, pk))


@require_safe
@member_required
@never_cache
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The part that changes by itself; a browser that comes here gets it all."""
    context = _context(request, pk)
    if not getattr(request, "htmx", False):
        return redirect("survey:planning", pk)
    return render(request, "survey/planning.html#progress", context)


@require_safe
@member_required
@never_cache
def drawing(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """What an average study of the design would show, as SVG, PNG or the data in it."""
    answer = plannings.answer_of(_planning(request, pk))
    return _drawn(answer.drawing if answer else None, pk, kind)


@require_safe
@member_required
@never_cache
def search(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The designs that were tried, as SVG, PNG or the data in it."""
    found = plannings.search_of(_planning(request, pk))
    return _drawn(found.drawing if found else None, pk, kind)


def _drawn(drawing: Drawing | None, pk: int, kind: str) -> HttpResponse:
    return redirect("survey:planning", pk) if drawing is None else figure_response(drawing, kind)


@require_POST
@member_required
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    services.planning_stop(planning=_planning(request, pk))
    return redirect("survey:planning", pk)


@require_POST
@role_required(Role.ORGANISER)
def take(request: HttpRequest, pk: int) -> HttpResponse:
    found = _planning(request, pk)
    study: Study = get_changeable(Study.objects.all(), user=request.user, pk=found.study_id or 0)
    try:
        services.planning_take(planning=found, study=study, by=person(request))
    except StudyRefused as refused:
        messages.error(request, refused.reason)
        return redirect("survey:planning", pk)
    messages.success(request, "It is part of the plan now; the opening freezes it.")
    return redirect("survey:study", study.pk)


def _planning(request: HttpRequest, pk: int) -> Planning:
    return get_object_or_404(plannings.plannings_visible(user=person(request)), pk=pk)


def _study(request: HttpRequest, pk: str | None) -> Study | None:
    if not pk or not pk.isdecimal() or len(pk) > 18:
        return None
    found: Study = get_changeable(Study.objects.all(), user=request.user, pk=int(pk))
    return found


def _asked(
    request: HttpRequest,
    study: Study | None,
    form: PlannerForm,
    initial: dict[str, Any] | None = None,
) -> dict[str, Any]:
    form.initial = initial or {}
    address = reverse("survey:planner")
    preset = f"{address}?preset=paper" + (f"&study={study.pk}" if study else "")
    earlier = plannings.plannings_of(user=person(request), study=study)
    return {
        "form": form,
        "study": study,
        "preset": preset,
        "earlier": earlier,
    }


def _context(request: HttpRequest, pk: int) -> dict[str, Any]:
    found = _planning(request, pk)
    return {
        "planning": found,
        "study": found.study,
        "answer": plannings.answer_of(found),
        "search": plannings.search_of(found),
        "may_take": plannings.may_take(found, user=person(request)),
        "is_taken": plannings.is_taken(found),
        "does_not_hold": plannings.why_it_does_not_hold(found.study, found.answer.get("design")),
        "question": PlannerForm(initial=found.question),
    }
