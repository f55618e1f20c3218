"""The page of one run and its tabs; each fragment polls until the run is final."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Role
from accounts.permissions import member_required, person
from core.paging import page_by_key
from runs import selectors
from runs.display import shown
from runs.lineage import lineage_of_run
from runs.models import Artifact, Run
from runs.parameters import parameter_rows

TABS = ("overview", "metrics", "images", "log", "artifacts", "lineage")
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
    return render(request, "runs/partials/live.html", _context(request, found, "overview"))


@require_safe
@never_cache
@member_required
def log_lines(request: HttpRequest, pk: int) -> HttpResponse:
    found = selectors.run_get_visible(user=request.user, pk=pk)
    return render(
        request, "runs/partials/log.html", {"run": found, "lines": selectors.log_of(run=found)}
    )


@require_safe
@never_cache
@member_required
def curves(request: HttpRequest, pk: int) -> JsonResponse:
    """New points only: `after` is what the last answer gave."""
    found = selectors.run_get_visible(user=request.user, pk=pk)
    asked = request.GET.get("after", "0")
    after = int(asked) if asked.isdecimal() and len(asked) < 19 else 0
    new = selectors.curves_of(run=found, after=after)
    return JsonResponse({"points": new.points, "after": new.after, "final": found.is_final})


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
        "may_change": found.may_be_changed_by(request.user),
        "may_start": person(request).has(Role.ANALYST),
    }
    match tab:
        case "overview":
            context["inputs"] = found.inputs.select_related(
                "source_run", "version__dataset", "file_set"
            ).order_by("field", "position")
            context["parameters"] = parameter_rows(found)
            context["weights"] = found.artifacts.filter(path__endswith=".safetensors").first()
            context["pair"] = found.pairs.first()
        case "images":
            context["series"] = selectors.series_of(run=found)
        case "log":
            context["lines"] = selectors.log_of(run=found)
        case "artifacts":
            context["page"] = page_by_key(
                Artifact.objects.filter(run=found).select_related("file"),
                size=ARTIFACTS_ON_A_PAGE,
                newest_first=False,
                after=_key(request, "after"),
                before=_key(request, "before"),
            )
        case "lineage":
            context["lineage"] = lineage_of_run(run=found, user=request.user)
    return context


def _key(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 19 else None
