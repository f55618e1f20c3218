"""One's own account: the way in, the password, the token."""

from typing import cast
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe
from rest_framework.authtoken.models import Token

from accounts import services
from accounts.forms import SignInForm
from accounts.models import User


class SignIn(auth.LoginView):
    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_success_url(self) -> str:
        wanted = super().get_success_url()
        if cast(User, self.request.user).password_is_temporary:
            return f"{reverse('accounts:profile')}?{urlencode({'next': wanted})}"
        return wanted


@require_safe
@login_required
@never_cache
def profile(request: HttpRequest) -> HttpResponse:
    return _profile(request, PasswordChangeForm(_person(request)))


@require_POST
@login_required
@never_cache
@sensitive_post_parameters()
def password(request: HttpRequest) -> HttpResponse:
    person = _person(request)
    form = PasswordChangeForm(person, request.POST)
    if not form.is_valid():
        return _profile(request, form, status=422)
    services.password_change(person=person, password=form.cleaned_data["new_password1"])
    update_session_auth_hash(request, person)  # this session goes on, all others end
    messages.success(request, "Your password is changed; you are signed out everywhere else.")
    return redirect(_next(request) or "accounts:profile")


@require_POST
@login_required
@never_cache
def token(request: HttpRequest) -> HttpResponse:
    """Show the new token in the answer itself: it is kept in no session, cookie or address."""
    person = _person(request)
    new = services.token_renew(person=person)
    return _profile(request, PasswordChangeForm(person), new_token=new)


def _profile(
    request: HttpRequest, form: PasswordChangeForm, *, new_token: str = "", status: int = 200
) -> HttpResponse:
    person = _person(request)
    for name in ("new_password1", "old_password"):
        form.fields[name].widget.attrs.pop("autofocus", None)
    shown = {
        "person": person,
        "form": form,
        "token_since": Token.objects.filter(user=person).values_list("created", flat=True).first(),
        "new_token": new_token,
        "next": _next(request),
    }
    return render(request, "accounts/profile.html", shown, status=status)


def _next(request: HttpRequest) -> str:
    """Where somebody was going before the password was asked about; never to another site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else ""


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)
