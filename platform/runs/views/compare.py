"""Several runs beside each other."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.permissions import member_required
from runs import selectors
from runs.display import shown
from runs.models import Run, Sample


def _chosen(request: HttpRequest) -> list[Run]:
    """The visible ones of the runs that the address names, in its order."""
    asked = [int(one) for one in request.GET.getlist("run") if one.isdecimal() and len(one) < 19]
    keys = list(dict.fromkeys(asked))[: selectors.MOST_COMPARED]
    found = {run.pk: run for run in selectors.runs_visible(user=request.user).filter(pk__in=keys)}
    return [found[key] for key in keys if key in found]


@require_safe
@member_required
def page(request: HttpRequest) -> HttpResponse:
    runs = _chosen(request)
    if len(runs) < 2:
        messages.error(request, "Choose two runs or more to compare them.")
        return redirect("runs:index")
    context = {
        "rows": [shown(run) for run in runs],
        "query": "&".join(f"run={run.pk}" for run in runs),
        "parameters": selectors.parameters_that_differ(runs=runs),
        "metrics": selectors.metrics_together(runs=runs),
        "samples": _last_samples(runs),
    }
    return render(request, "runs/compare.html", context)


@require_safe
@member_required
def curves(request: HttpRequest) -> JsonResponse:
    runs = _chosen(request)
    together = selectors.curves_together(runs=runs)
    return JsonResponse(
        {"runs": [{"id": run.pk, "name": str(run)} for run in runs], "curves": together}
    )


def _last_samples(runs: list[Run]) -> list[tuple[str, list[Sample | None]]]:
    """For each caption that two runs or more have, the last image of each run."""
    last: dict[str, dict[int, Sample]] = {}
    rows = Sample.objects.filter(run__in=[run.pk for run in runs]).order_by("step", "pk")
    for sample in rows:
        last.setdefault(sample.caption, {})[sample.run_id] = sample
    return [
        (caption, [by_run.get(run.pk) for run in runs])
        for caption, by_run in last.items()
        if len(by_run) > 1
    ][:12]
