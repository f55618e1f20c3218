"""Whole pipelines: starting one, and the page of its runs."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Role
from accounts.permissions import member_required, person, role_required
from core.access import get_visible
from runs.display import shown
from runs.forms.launch_form import LaunchForm
from runs.models import Launch
from runs.presets import PRESETS
from runs.stages import MAKES_PAIRS


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.ANALYST)
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
    return render(request, "runs/launch_new.html", {"form": form, "preset": chosen}, status=status)


@require_safe
@never_cache
@member_required
def launch(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_visible(Launch.objects.select_related("owner"), user=request.user, pk=pk)
    rows = [shown(run) for run in found.runs.order_by("pk")]
    context = {
        "launch": found,
        "rows": rows,
        "is_final": all(row.run.is_final for row in rows),
        "may_change": found.may_be_changed_by(request.user),
        "pairs": next((row.run for row in rows if row.run.stage in MAKES_PAIRS), None),
    }
    fragment = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
    template = "runs/partials/launch_runs.html" if fragment else "runs/launch.html"
    return render(request, template, context)
