"""The organiser's page of dry runs, and the door that their raters come in by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core import signing
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Role
from accounts.permissions import role_required
from core.access import get_changeable
from survey import services
from survey.checks import opening_checks
from survey.errors import StudyRefused
from survey.forms_dry_run import DryRunForm
from survey.models import DryRun, State, Study
from survey.views import doors

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

SHOWN = 10
DOOR_SECONDS = 86_400


@require_safe
@role_required(Role.ORGANISER)
@never_cache
def page(request: HttpRequest, pk: int) -> HttpResponse:
    study: Study = get_changeable(Study.objects.all(), user=request.user, pk=pk)
    return render(request, "survey/dry_run.html", _context(study))


@require_safe
@role_required(Role.ORGANISER)
@never_cache
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The part that changes by itself; a browser that comes here gets it all."""
    study: Study = get_changeable(Study.objects.all(), user=request.user, pk=pk)
    if not getattr(request, "htmx", False):
        return redirect("survey:dry-run", pk)
    return render(request, "survey/dry_run.html#progress", _context(study))


@require_POST
@role_required(Role.ORGANISER)
def start(request: HttpRequest, pk: int) -> HttpResponse:
    study: Study = get_changeable(Study.objects.all(), user=request.user, pk=pk)
    by: Any = request.user
    form = DryRunForm(request.POST)
    if not form.is_valid():
        return render(request, "survey/dry_run.html", _context(study, form), status=422)
    # The host was checked by Django against ALLOWED_HOSTS: it is one of ours.
    address = request.build_absolute_uri("/")
    try:
        services.dry_run_start(study=study, by=by, address=address, raters=form.raters)
    except StudyRefused as refused:
        messages.error(request, refused.reason)
    return redirect("survey:dry-run", pk)


@require_POST
@role_required(Role.ORGANISER)
def stop(request: HttpRequest, pk: int, dry_run: int) -> HttpResponse:
    found = _dry_run(request, pk, dry_run)
    by: Any = request.user
    services.dry_run_stop(dry_run=found, by=by)
    return redirect("survey:dry-run", pk)


@require_POST
@role_required(Role.ORGANISER)
def forget(request: HttpRequest, pk: int, dry_run: int) -> HttpResponse:
    found = _dry_run(request, pk, dry_run)
    by: Any = request.user
    services.dry_run_forget(dry_run=found, by=by)
    messages.success(request, "The dry run is gone, with everything its raters left.")
    return redirect("survey:dry-run", pk)


@require_safe
@never_cache
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Exchange the token of a simulated rater for a cookie, as an invitation is."""
    try:
        number, attempt, profile = signing.loads(
            token, salt=services.DRY_RUN_SALT, max_age=DOOR_SECONDS
        )
    except (signing.BadSignature, ValueError):
        return _shut(request)
    dry_run = (
        DryRun.objects.filter(pk=number, attempts=attempt, state=DryRun.State.RUNNING)
        .select_related("study")
        .first()
    )
    if dry_run is None or dry_run.study.state != State.DRAFT:
        return _shut(request)
    response = redirect("survey:take", dry_run.study.code)
    doors.set_door(request, response, dry_run.study, f"simulated:{dry_run.pk}:{profile}")
    response["Referrer-Policy"] = "no-referrer"
    return response


def _shut(request: HttpRequest) -> HttpResponse:
    reason = "This door is for simulated raters, while their dry run lasts."
    return render(request, "survey/take/shut.html", {"reason": reason}, status=404)


def _dry_run(request: HttpRequest, pk: int, dry_run: int) -> DryRun:
    study: Study = get_changeable(Study.objects.all(), user=request.user, pk=pk)
    return get_object_or_404(study.dry_runs, pk=dry_run)


def _context(study: Study, form: DryRunForm | None = None) -> dict[str, Any]:
    shown = list(study.dry_runs.order_by("-pk")[:SHOWN])
    return {
        "study": study,
        "form": form or DryRunForm(),
        "latest": shown[0] if shown else None,
        "earlier": shown[1:],
        "may_start": study.state == State.DRAFT and opening_checks(study=study).prepared,
    }
