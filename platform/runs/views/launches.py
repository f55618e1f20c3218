"""Whole pipelines: starting one, and the page of its runs."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Role
from accounts.permissions import member_required, person, role_required
from core.access import get_visible
from core.once import once
from runs import selectors
from runs.display import shown
from runs.estimates import plan_seconds, seconds_left
from runs.forms.launch_form import LaunchForm
from runs.models import Launch, Run, Status
from runs.presets import PRESETS
from runs.stages import MAKES_PAIRS
from runs.waiting import Waiting, why_waiting


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.ANALYST)
@once
def new(request: HttpRequest, preset: str) -> HttpResponse:
    if preset not in PRESETS:
        raise Http404("There is no such pipeline.")
    chosen = PRESETS[preset]
    form = LaunchForm(chosen, person(request), request.POST or None)
    status = 200
    if request.method == "POST":
        launch = form.start() if form.is_valid() else None
        if launch is not None:
            messages.success(request, "Started; each step waits for the one before it.")
            return redirect("runs:launch", pk=launch.pk)
        status = 422
    context = {"form": form, "about": chosen, "seconds": plan_seconds(chosen.plan)}
    return render(request, "runs/launch_new.html", context, status=status)


@require_safe
@never_cache
@member_required
def launch(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_visible(Launch.objects.select_related("owner"), user=request.user, pk=pk)
    runs = list(selectors.runs_visible(user=request.user).filter(launch=found).order_by("pk"))
    rows = [shown(run) for run in runs]
    context = {
        "launch": found,
        "rows": rows,
        "is_final": all(row.run.is_final for row in rows),
        "may_change": found.may_be_changed_by(request.user),
        "hidden": found.runs.count() - len(runs),
        "seconds_left": seconds_left(runs),
        "unheard": _unheard(runs),
        "pairs": next(
            (run for run in runs if run.stage in MAKES_PAIRS and run.status == Status.SUCCEEDED),
            None,
        ),
    }
    fragment = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
    template = "runs/partials/launch_runs.html" if fragment else "runs/launch.html"
    return render(request, template, context)


def _unheard(runs: list[Run]) -> Waiting | None:
    """Why the launch does not get on: a queue of it has no worker."""
    queued = (why_waiting(run) for run in runs if run.status == Status.QUEUED)
    return next((one for one in queued if one and one.nobody), None)
