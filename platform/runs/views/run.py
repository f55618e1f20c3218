"""The page of one run and its tabs; each fragment polls until the run is final."""

from typing import Any

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Role
from accounts.permissions import member_required, person
from core.paging import key_in, page_by_key, page_keys
from runs import selectors
from runs.display import shown
from runs.labels import words
from runs.lineage import lineage_of_run
from runs.models import Artifact, Launch, Run
from runs.parameters import parameter_rows
from runs.stages import TRAINS
from runs.waiting import why_waiting

TABS = ("overview", "metrics", "images", "log", "artifacts", "lineage")
# These show nothing new until the end, so nobody is disturbed when they are loaded again then.
FILLED_AT_THE_END = {"overview", "artifacts", "lineage"}
ARTIFACTS_ON_A_PAGE = 100


@require_safe
@never_cache
@member_required
def run(request: HttpRequest, pk: int, tab: str = "overview") -> HttpResponse:
    found = selectors.run_get_visible(user=request.user, pk=pk)
    context = _context(request, found, tab)
    return render(request, f"runs/run_{tab}.html", context)


@require_safe
@never_cache
@member_required
def live(request: HttpRequest, pk: int) -> HttpResponse:
    """Header and phases; the part of the page that changes by itself."""
    found = selectors.run_get_visible(user=request.user, pk=pk)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("runs:run", pk=pk)
    tab = request.GET.get("tab", "overview")
    context = _context(request, found, "live") | {"tab": tab}
    response = render(request, "runs/partials/live.html", context)
    if found.is_final and tab in FILLED_AT_THE_END:
        response["HX-Refresh"] = "true"
    return response


@require_safe
@never_cache
@member_required
def log_lines(request: HttpRequest, pk: int) -> HttpResponse:
    found = selectors.run_get_visible(user=request.user, pk=pk)
    after = key_in(request.GET.get("after")) or 0
    lines = selectors.log_after(run=found, after=after)
    context = {"run": found, "lines": lines, "after": lines[-1].pk if lines else after}
    return render(request, "runs/partials/log_lines.html", context)


@require_safe
@never_cache
@member_required
def curves(request: HttpRequest, pk: int) -> JsonResponse:
    """New points only: `after` is what the last answer gave."""
    found = selectors.run_get_visible(user=request.user, pk=pk)
    new = selectors.curves_of(run=found, after=key_in(request.GET.get("after")) or 0)
    titles = {name: words(name) for name in new.points}
    return JsonResponse(
        {"points": new.points, "titles": titles, "after": new.after, "final": found.is_final}
    )


@require_safe
@never_cache
@member_required
def samples(request: HttpRequest, pk: int) -> JsonResponse:
    """What there is to see; the page adds what is new and leaves what somebody looks at."""
    found = selectors.run_get_visible(user=request.user, pk=pk)
    series = [
        {
            "caption": one.caption,
            "steps": [
                {"step": sample.step, "src": reverse("runs:sample", args=[sample.pk])}
                for sample in one.samples
            ],
        }
        for one in selectors.series_of(run=found)
    ]
    return JsonResponse({"series": series, "final": found.is_final})


def _context(request: HttpRequest, found: Run, tab: str) -> dict[str, Any]:
    context: dict[str, Any] = {
        "run": found,
        "shown": shown(found),
        "tab": tab,
        "launch": _launch(request, found),
        "may_change": found.may_be_changed_by(request.user),
        "may_start": person(request).has(Role.ANALYST),
        "may_curate": person(request).has(Role.CURATOR),
        "waiting": why_waiting(found),
        "weights": _weights(found),
    }
    match tab:
        case "overview":
            context["inputs"] = selectors.inputs_of(run=found, user=request.user)
            parameters = parameter_rows(found)
            context["changed"] = [row for row in parameters if not row.is_default]
            context["unchanged"] = [row for row in parameters if row.is_default]
            context["pair"] = found.pairs.first()
        case "images":
            series = selectors.series_of(run=found)
            context["series"] = series
            context["many_steps"] = any(len(one.samples) > 1 for one in series)
            context["empty_text"] = (
                "This run has shown no images."
                if found.is_final
                else "Images appear here while the run makes them."
            )
        case "log":
            lines = selectors.log_of(run=found)
            context |= {"lines": lines, "after": lines[-1].pk if lines else 0}
        case "artifacts":
            context["bytes"] = found.artifacts.aggregate(sum=Sum("file__size_bytes"))["sum"]
            context["page"] = page_by_key(
                Artifact.objects.filter(run=found).select_related("file"),
                size=ARTIFACTS_ON_A_PAGE,
                newest_first=False,
                **page_keys(request.GET),
            )
        case "lineage":
            context["lineage"] = lineage_of_run(run=found, user=request.user)
    return context


def _launch(request: HttpRequest, found: Run) -> Launch | None:
    if found.launch_id is None:
        return None
    return selectors.launches_visible(user=request.user).filter(pk=found.launch_id).first()


def _weights(found: Run) -> Artifact | None:
    """What a training made; its hash is the name that lasts."""
    if found.stage not in TRAINS:
        return None
    return found.artifacts.filter(path__endswith=".safetensors").first()
