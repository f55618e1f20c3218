"""The view behind the sharing form; each app gives it the object, after its own access check.

    @require_POST
    def dataset_share(request, pk):
        dataset = get_changeable(Dataset.objects, user=request.user, pk=pk)
        return share_view(request, obj=dataset, back=reverse("catalog:dataset", args=[pk]))

and in the page: `{% load sharing %}{% sharing dataset share_url %}`.
"""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts import services
from accounts.errors import Refused
from accounts.forms import SharingForm
from accounts.models import User
from core.access import Owned


def share_view(request: HttpRequest, *, obj: Owned, back: str) -> HttpResponse:
    """Save the posted form and lead back; a form with mistakes comes back as a page of its own."""
    form = SharingForm(request.POST)
    if form.is_valid():
        try:
            services.share(obj=obj, by=cast(User, request.user), **form.cleaned_data)
        except Refused as refused:
            form.add_error("people", str(refused))
        else:
            messages.success(request, f"{obj}: {obj.get_visibility_display()}.")
            return redirect(back)
    shown: dict[str, Any] = {"obj": obj, "form": form, "url": request.path, "back": back}
    return render(request, "accounts/sharing.html", shown, status=422)
