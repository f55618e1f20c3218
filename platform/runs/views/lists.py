"""The list of runs, and the badge in it that asks again until its run is final."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import Role
from accounts.permissions import member_required, person
from core.paging import key_in, page_by_key, page_keys
from runs import selectors, stages
from runs.display import shown
from runs.models import Launch, Run, Status

PAGE_SIZE = 30


@require_safe
@member_required
def index(request: HttpRequest) -> HttpResponse:
    stage, status = request.GET.get("stage", ""), request.GET.get("status", "")
    launch, name = key_in(request.GET.get("launch")), request.GET.get("name", "").strip()[:120]
    page = page_by_key(
        selectors.runs_filtered(
            user=request.user, stage=stage, status=status, launch=launch, name=name
        ),
        size=PAGE_SIZE,
        **page_keys(request.GET),
    )
    context = {
        "page": page,
        "rows": [shown(run) for run in page.rows],
        "stage": stage,
        "status": status,
        "launch": launch,
        "name": name,
        "launches": _launches(request, page.rows),
        "stages": [(one.stage, one.title) for one in stages.BY_HAND],
        "statuses": Status.choices,
        "may_start": person(request).has(Role.ANALYST),
        "filtered": bool(stage or status or launch or name),
    }
    return render(request, "runs/index.html", context)


@require_safe
@member_required
def badge(request: HttpRequest, pk: int) -> HttpResponse:
    run = selectors.run_get_visible(user=request.user, pk=pk)
    return render(request, "runs/partials/badge.html", {"shown": shown(run)})


def _launches(request: HttpRequest, runs: list[Run]) -> dict[int, Launch]:
    """The launches of `runs` by key, as far as they may be seen."""
    keys = {run.launch_id for run in runs if run.launch_id is not None}
    found = selectors.launches_visible(user=request.user).filter(pk__in=keys) if keys else []
    return {launch.pk: launch for launch in found}
