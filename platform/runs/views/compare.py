"""Several runs beside each other."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.permissions import member_required
from core.paging import keys_in
from runs import comparing, selectors
from runs.display import shown
from runs.labels import words
from runs.models import Run, Sample

MOST_CAPTIONS = 12


def _chosen(request: HttpRequest) -> list[Run]:
    """The visible ones of the runs that the address names, in its order."""
    keys = keys_in(request.GET.getlist("run"))[: comparing.MOST_COMPARED]
    found = {run.pk: run for run in selectors.runs_visible(user=request.user).filter(pk__in=keys)}
    return [found[key] for key in keys if key in found]


@require_safe
@member_required
def page(request: HttpRequest) -> HttpResponse:
    runs = _chosen(request)
    if len(runs) < 2:
        messages.error(request, "Choose two runs or more to compare them.")
        return redirect("runs:index")
    parameters = comparing.parameters_that_differ(runs=runs)
    context = {
        "rows": [shown(run) for run in runs],
        "query": "&".join(f"run={run.pk}" for run in runs),
        "parameters": parameters,
        "absent": any(comparing.ABSENT in row.values for row in parameters),
        "metrics": comparing.metrics_together(runs=runs),
        "names": {run.pk: str(run) for run in runs},
        "samples": _last_samples(runs),
    }
    return render(request, "runs/compare.html", context)


@require_safe
@member_required
def curves(request: HttpRequest) -> JsonResponse:
    runs = _chosen(request)
    together = comparing.curves_together(runs=runs)
    return JsonResponse(
        {
            "runs": [{"id": run.pk, "name": str(run)} for run in runs],
            "curves": together,
            "titles": {name: words(name) for name in together},
        }
    )


@require_safe
@member_required
def samples(request: HttpRequest) -> JsonResponse:
    """Every step of every image, by caption and run."""
    found = comparing.samples_together(runs=_chosen(request))
    told = {
        caption: {
            run: [
                {"step": one.step, "src": reverse("runs:sample", args=[one.pk])} for one in samples
            ]
            for run, samples in by_run.items()
        }
        for caption, by_run in found.items()
    }
    return JsonResponse({"samples": told})


def _last_samples(runs: list[Run]) -> list[tuple[str, list[Sample | None]]]:
    """For each caption that two runs or more have, the last image of each run."""
    found = comparing.samples_together(runs=runs)
    return [
        (caption, [by_run[run.pk][-1] if run.pk in by_run else None for run in runs])
        for caption, by_run in found.items()
        if len(by_run) > 1
    ][:MOST_CAPTIONS]
