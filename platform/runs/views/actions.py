"""What people do to a run: cancel, resume, retry, make a dataset of it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.models import Role
from accounts.permissions import member_required, person, role_required
from accounts.sharing import share_view
from catalog.errors import CatalogError
from core.access import get_changeable
from core.once import not_done, once
from runs import selectors, services
from runs.datasets import dataset_from_run
from runs.errors import RunRefused
from runs.models import Launch, Run
from runs.sharing import runs_follow


@require_POST
@member_required
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    run = get_changeable(Run.objects.all(), user=request.user, pk=pk)
    by = person(request)
    return _done(request, run, lambda: services.run_cancel(run=run, by=by), "Cancelled.")


@require_POST
@role_required(Role.ANALYST)
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    run = get_changeable(Run.objects.all(), user=request.user, pk=pk)
    by = person(request)
    return _done(request, run, lambda: services.run_resume(run=run, by=by), "It goes on.")


@require_POST
@role_required(Role.ANALYST)
@once
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    run = selectors.run_get_visible(user=request.user, pk=pk)
    try:
        again = services.run_retry(run=run, by=person(request))
    except RunRefused as refused:
        messages.error(request, f"It cannot be started again: {refused.reason}")
        return not_done(request, redirect("runs:run", pk=pk))
    messages.success(request, "Started the same again.")
    return redirect("runs:run", pk=again.pk)


@require_POST
@role_required(Role.CURATOR)
def make_dataset(request: HttpRequest, pk: int) -> HttpResponse:
    run = selectors.run_get_visible(user=request.user, pk=pk)
    name = request.POST.get("name", "").strip() or f"{run.name} ({run.pk})"
    try:
        dataset = dataset_from_run(run=run, by=person(request), name=name)
    except (RunRefused, CatalogError) as refused:
        messages.error(request, getattr(refused, "reason", str(refused)))
        return redirect("runs:run", pk=pk)
    messages.success(request, f"{dataset.image_count} images are in the dataset {dataset.name}.")
    return redirect("catalog:dataset", pk=dataset.pk)


@require_POST
@member_required
def cancel_launch(request: HttpRequest, pk: int) -> HttpResponse:
    launch = get_changeable(Launch.objects.all(), user=request.user, pk=pk)
    services.launch_cancel(launch=launch, by=person(request))
    messages.success(request, "Cancelled; what was finished is kept.")
    return redirect("runs:launch", pk=pk)


@require_POST
@member_required
def share(request: HttpRequest, pk: int) -> HttpResponse:
    run = get_changeable(Run.objects.all(), user=request.user, pk=pk)
    return share_view(request, obj=run, back=reverse("runs:run", args=[pk]))


@require_POST
@member_required
def share_launch(request: HttpRequest, pk: int) -> HttpResponse:
    """Share a launch; its runs are shared likewise, for it is they that people look at."""
    launch = get_changeable(Launch.objects.all(), user=request.user, pk=pk)
    answer = share_view(request, obj=launch, back=reverse("runs:launch", args=[pk]))
    if answer.status_code == 302:
        runs_follow(launch=launch, by=person(request))
    return answer


def _done(request: HttpRequest, run: Run, act: Callable[[], object], said: str) -> HttpResponse:
    try:
        act()
    except RunRefused as refused:
        messages.error(request, refused.reason)
    else:
        messages.success(request, said)
    return redirect("runs:run", pk=run.pk)
