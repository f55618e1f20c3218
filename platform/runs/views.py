from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import member_required


@require_safe
@member_required
def index(request: HttpRequest) -> HttpResponse:
    return render(request, "runs/index.html")
