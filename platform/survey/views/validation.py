"""Whether this installation computes what was published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import member_required, person
from survey import services
from survey.selectors import validations

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
@member_required
@never_cache
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "survey/validation.html", _context())


@require_safe
@member_required
@never_cache
def progress(request: HttpRequest) -> HttpResponse:
    """The part that changes by itself; a browser that comes here gets it all."""
    if not getattr(request, "htmx", False):
        return redirect("survey:validation")
    return render(request, "survey/validation.html#progress", _context())


@require_POST
@member_required
def start(request: HttpRequest) -> HttpResponse:
    services.validation_start(by=person(request))
    return redirect("survey:validation")


@require_POST
@member_required
def stop(request: HttpRequest) -> HttpResponse:
    latest, _ = validations.latest()
    if latest is not None and latest.is_active:
        services.validation_stop(validation=latest)
    return redirect("survey:validation")


def _context() -> dict[str, Any]:
    latest, shown = validations.latest()
    return {
        "latest": latest,
        "shown": shown,
        "table": validations.table_of(shown.result) if shown else None,
    }
