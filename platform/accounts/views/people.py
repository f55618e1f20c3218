"""The pages of administrators: who is here and what they may do."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import selectors, services
from accounts.errors import Refused
from accounts.forms import PersonEditForm, PersonForm
from accounts.models import Role, User
from accounts.permissions import administrator_required
from core.once import secret_of_form
from core.paging import page_by_key, page_keys

PAGE_SIZE = 50


@require_safe
@administrator_required
@never_cache
def people(request: HttpRequest) -> HttpResponse:
    search = request.GET.get("q", "").strip()[:100]
    page = page_by_key(
        selectors.people(search=search),
        size=PAGE_SIZE,
        **page_keys(request.GET),
    )
    shown = {
        "page": page,
        "search": search,
        "invitations": selectors.invitations_open().order_by("-pk")[:PAGE_SIZE],
    }
    return render(request, "accounts/people.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
@never_cache
def person_new(request: HttpRequest) -> HttpResponse:
    form = PersonForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render(request, "accounts/person_new.html", {"form": form})
    if form.is_valid():
        try:
            person, password = services.person_create(
                by=_by(request), secret=secret_of_form(request), **form.cleaned_data
            )
        except Refused as refused:
            form.add_error("username", str(refused))
        else:
            return _password_once(request, person, password)
    return render(request, "accounts/person_new.html", {"form": form}, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
@never_cache
def person(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(User, pk=pk)
    start = {
        "first_name": found.first_name,
        "last_name": found.last_name,
        "roles": [role.value for role in Role if getattr(found, f"is_{role.value}")],
        "administrator": found.is_superuser,
    }
    form = PersonEditForm(request.POST if request.method == "POST" else None, initial=start)
    status = 200
    if form.is_bound:
        try:
            if form.is_valid():
                services.person_edit(by=_by(request), person=found, **form.cleaned_data)
                messages.success(request, f"{found} is saved.")
                return redirect("accounts:person", pk=found.pk)
        except Refused as refused:
            form.add_error(None, str(refused))
        found.refresh_from_db()
        status = 422
    return render(request, "accounts/person.html", {"person": found, "form": form}, status=status)


@require_POST
@administrator_required
@never_cache
def person_password(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(User, pk=pk)
    password = services.password_reset(
        by=_by(request), person=found, secret=secret_of_form(request)
    )
    return _password_once(request, found, password)


@require_POST
@administrator_required
def person_active(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the account, or open it again: `active` says which."""
    found = get_object_or_404(User, pk=pk)
    try:
        if request.POST.get("active") == "yes":
            services.person_activate(by=_by(request), person=found)
            messages.success(request, f"{found} can sign in again.")
        else:
            services.person_deactivate(by=_by(request), person=found)
            messages.success(
                request, f"{found} is signed out and cannot sign in; their work stays."
            )
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("accounts:person", pk=found.pk)


def _password_once(request: HttpRequest, person: User, password: str) -> HttpResponse:
    """Show it in the answer itself: it is kept in no session, cookie or address."""
    shown = {"person": person, "password": password}
    return render(request, "accounts/password_once.html", shown)


def _by(request: HttpRequest) -> User:
    return cast(User, request.user)
