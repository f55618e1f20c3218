from datetime import UTC, datetime
from typing import Any

from csp.constants import NONE
from csp.decorators import csp_replace
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import last_modified, require_safe
from django_htmx.middleware import HtmxDetails

from core.quickstart import places, record
from core.quickstart.figures import key_figures


class HtmxRequest(HttpRequest):
    htmx: HtmxDetails


@require_safe
@never_cache
def overview(request: HttpRequest) -> HttpResponse:
    return render(request, "core/overview.html", _quickstart())


@require_safe
@never_cache
def progress(request: HtmxRequest) -> HttpResponse:
    """The part of the overview that changes; a browser that comes here by itself gets it all."""
    if not request.htmx:
        return redirect("core:overview")
    return render(request, "core/partials/quickstart.html", _quickstart())


def _changed(request: HttpRequest, run: str, name: str) -> datetime | None:
    found = places.public_file(run, name)
    return datetime.fromtimestamp(found[0].stat().st_mtime, UTC) if found else None


@require_safe
@last_modified(_changed)
@csp_replace({"script-src": [NONE], "connect-src": [NONE], "form-action": [NONE]})  # type: ignore[arg-type]
def quickstart_file(request: HttpRequest, run: str, name: str) -> FileResponse:
    found = places.public_file(run, name)
    if found is None:
        raise Http404("There is no such file in the quickstart's results.")
    path, content_type = found
    response = FileResponse(path.open("rb"), content_type=content_type)
    response["Cache-Control"] = "no-cache"  # asked for again, sent again only if it changed
    return response


@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


def _quickstart() -> dict[str, Any]:
    quickstart = record.load(places.record_path())
    done = quickstart.status == "done"
    return {
        "quickstart": quickstart,
        "report": places.REPORT,
        "figures": key_figures(places.home() / quickstart.run) if done else [],
    }
