"""The list of runs, and the badge in it that asks again until its run is final."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import Role
from accounts.permissions import member_required, person
from core.paging import page_by_key
from runs import selectors, stages
from runs.display import shown
from runs.models import Status

PAGE_SIZE = 30


@require_safe
@member_required
def index(request: HttpRequest) -> HttpResponse:
    stage, status = request.GET.get("stage", ""), request.GET.get("status", "")
    launch = _number(request.GET.get("launch"))
    page = page_by_key(
        selectors.runs_filtered(user=request.user, stage=stage, status=status, launch=launch),
        size=PAGE_SIZE,
        after=_number(request.GET.get("after")),
        before=_number(request.GET.get("before")),
    )
    context = {
        "page": page,
        "rows": [shown(run) for run in page.rows],
        "stage": stage,
        "status": status,
        "launch": launch,
        "stages": [(one.stage, one.title) for one in stages.BY_HAND],
        "statuses": Status.choices,
        "may_start": person(request).has(Role.ANALYST),
        "filtered": bool(stage or status or launch),
    }
    return render(request, "runs/index.html", context)


@require_safe
@member_required
def badge(request: HttpRequest, pk: int) -> HttpResponse:
    run = selectors.run_get_visible(user=request.user, pk=pk)
    return render(request, "runs/partials/badge.html", {"shown": shown(run)})


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 19 else None
