"""Links for raters. The page that makes them is the only one that ever shows them."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.models import Role
from accounts.permissions import role_required
from core.access import get_changeable
from core.once import secret_of_form
from survey import services
from survey.errors import StudyRefused
from survey.forms import InvitationForm
from survey.models import Session, Study


@require_POST
@role_required(Role.ORGANISER)
@never_cache
def create(request: HttpRequest, pk: int) -> HttpResponse:
    study: Study = get_changeable(Study.objects.all(), user=request.user, pk=pk)
    by: Any = request.user
    form = InvitationForm(request.POST)
    if not form.is_valid():
        wrong = " ".join(str(error) for errors in form.errors.values() for error in errors)
        messages.error(request, f"No link was made. {wrong}")
        return redirect("survey:study", pk)
    try:
        made = services.invitation_create(
            study=study, by=by, secret=partial(secret_of_form, request), **form.cleaned_data
        )
    except StudyRefused as refused:
        messages.error(request, f"No link was made. {refused.reason}")
        return redirect("survey:study", pk)
    links = [
        (invitation, request.build_absolute_uri(reverse("survey:join", args=[token])))
        for invitation, token in made
    ]
    return render(request, "survey/links.html", {"study": study, "links": links})


@require_POST
@role_required(Role.ORGANISER)
def revoke(request: HttpRequest, pk: int, invitation: int) -> HttpResponse:
    study: Study = get_changeable(Study.objects.all(), user=request.user, pk=pk)
    by: Any = request.user
    found = get_object_or_404(study.invitations, pk=invitation)
    services.invitation_revoke(invitation=found, by=by)
    messages.success(request, "Nobody else gets in by this link; who is in may finish.")
    return redirect("survey:study", pk)


@require_POST
@role_required(Role.ORGANISER)
def forget(request: HttpRequest, pk: int) -> HttpResponse:
    study: Study = get_changeable(Study.objects.all(), user=request.user, pk=pk)
    by: Any = request.user
    services.labels_forget(study=study, by=by)
    messages.success(request, "The notes on the links are gone.")
    return redirect("survey:study", pk)


@require_POST
@role_required(Role.ORGANISER)
def erase(request: HttpRequest, pk: int, pseudonym: str) -> HttpResponse:
    """Erase a rater who asked for it; the rater tells the pseudonym, which only they know."""
    study: Study = get_changeable(Study.objects.all(), user=request.user, pk=pk)
    raters = study.sessions.filter(kind=Session.Kind.RATER)
    session = get_object_or_404(raters, pseudonym=pseudonym)
    if services.session_erase(session=session, by=request.user):
        messages.success(request, "All that was stored of this rater is gone.")
    else:
        messages.success(
            request,
            "The answers stay, as the study is closed; all that told whose they are is gone.",
        )
    return redirect("survey:study", pk)
