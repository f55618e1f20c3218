from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import member_required
from catalog.selectors import version_get_visible


@require_safe
@member_required
def version(request: HttpRequest, pk: int) -> HttpResponse:
    found = version_get_visible(user=request.user, pk=pk)
    return render(request, "catalog/version.html", {"version": found, "dataset": found.dataset})
