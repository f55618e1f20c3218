"""A published summary taken apart: what its means say, and what they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import member_required
from survey.forms.published import EXAMPLE, PublishedForm
from survey.statistics.published import reanalyse

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
@member_required
def page(request: HttpRequest) -> HttpResponse:
    """All is in the address, so that what was found can be sent to somebody."""
    asked = any(name in request.GET for name in EXAMPLE)
    form = PublishedForm(request.GET if asked else None, initial=EXAMPLE)
    context: dict[str, Any] = {"form": form}
    if asked and form.is_valid():
        try:
            context["found"] = reanalyse(**form.cleaned_data)
        except ValueError as refused:
            form.add_error(None, str(refused))
    return render(request, "survey/published.html", context, status=422 if form.errors else 200)
