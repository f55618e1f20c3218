from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import member_required
from catalog.selectors import datasets_visible
from core.access import get_visible


@require_safe
@member_required
def index(request: HttpRequest) -> HttpResponse:
    return render(request, "catalog/index.html")


@require_safe
@member_required
def dataset(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_visible(datasets_visible(user=request.user), user=request.user, pk=pk)
    return render(request, "catalog/dataset.html", {"dataset": found})
