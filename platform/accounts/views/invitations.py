"""Invitations: made and taken back by administrators, accepted by whoever has the link."""

from typing import cast

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import selectors, services
from accounts.errors import InvitationOver, Refused
from accounts.forms import AcceptForm, InvitationForm
from accounts.models import Invitation, User
from accounts.permissions import administrator_required
from core.once import secret_of_form


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
@never_cache
def invite(request: HttpRequest) -> HttpResponse:
    form = InvitationForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "accounts/invite.html", {"form": form}, status=status)
    by = cast(User, request.user)
    invitation, token = services.invitation_create(
        by=by, token=secret_of_form(request), **form.cleaned_data
    )
    link = request.build_absolute_uri(reverse("accounts:invitation", args=[token]))
    return render(request, "accounts/invited.html", {"invitation": invitation, "link": link})


@require_POST
@administrator_required
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation, pk=pk)
    services.invitation_revoke(by=cast(User, request.user), invitation=invitation)
    messages.success(request, "The invitation is taken back; its link does not work any more.")
    return redirect("accounts:people")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
def accept(request: HttpRequest, token: str) -> HttpResponse:
    try:
        invitation = selectors.invitation_open(token=token)
    except InvitationOver as over:
        return render(request, "accounts/invitation_over.html", {"why": str(over)}, status=410)
    if request.user.is_authenticated:
        return render(request, "accounts/invitation_signed_in.html", {"invitation": invitation})
    form = AcceptForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("username", "password")}
        names = {name: form.cleaned_data[name] for name in ("first_name", "last_name")}
        try:
            person = services.invitation_accept(token=token, **said, **names)
        except InvitationOver as over:
            return render(request, "accounts/invitation_over.html", {"why": str(over)}, status=410)
        except Refused as refused:
            form.add_error("username", str(refused))
        else:
            login(request, person, backend="django.contrib.auth.backends.ModelBackend")
            messages.success(request, f"Welcome, {person}.")
            return redirect("tour:home")
    shown = {"form": form, "invitation": invitation}
    status = 422 if form.is_bound else 200
    return render(request, "accounts/accept.html", shown, status=status)
