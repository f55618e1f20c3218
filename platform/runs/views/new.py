"""Starting one stage, or choosing what to start."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Role
from accounts.permissions import person, role_required
from core.once import once
from core.paging import key_in
from runs import selectors
from runs.estimates import plan_seconds, took_here
from runs.forms.stage_form import StageForm
from runs.forms.starts import STARTS, start_of
from runs.models import Run
from runs.presets import PRESETS
from runs.stages import BY_HAND, INFO


@require_safe
@role_required(Role.ANALYST)
def choose(request: HttpRequest) -> HttpResponse:
    groups: dict[str, list[object]] = {}
    for info in BY_HAND:
        groups.setdefault(info.group, []).append(info)
    presets = [(preset, plan_seconds(preset.plan)) for preset in PRESETS.values()]
    context = {"groups": groups.items(), "presets": presets}
    return render(request, "runs/choose.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.ANALYST)
@once
def stage(request: HttpRequest, stage: str) -> HttpResponse:
    if stage not in INFO:
        raise Http404("There is no such stage to start by hand.")
    info, user = INFO[stage], person(request)
    start = start_of(stage, request.GET.get("start", ""))
    form = StageForm(info, user, request.POST or None, like=_like(request, stage), start=start)
    status = 200
    if request.method == "POST":
        run = form.start() if form.is_valid() else None
        if run is not None:
            messages.success(request, f"{info.title} is queued.")
            return redirect("runs:run", pk=run.pk)
        status = 422
    context = {
        "form": form,
        "about": info,
        "took_here": took_here(stage),
        "starts": STARTS.get(stage, ()),
        "start": start,
    }
    return render(request, "runs/new.html", context, status=status)


def _like(request: HttpRequest, stage: str) -> Run | None:
    """The run whose parameters the form starts from."""
    asked = key_in(request.GET.get("like"))
    if asked is None:
        return None
    found = selectors.run_get_visible(user=request.user, pk=asked)
    return found if found.stage == stage else None
