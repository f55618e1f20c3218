"""An organiser's pages of studies."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Role
from accounts.permissions import member_required, role_required
from core.access import get_changeable, get_visible
from core.audit import noted
from core.once import once
from core.paging import page_by_key, page_keys
from runs.models import Status
from survey import services
from survey.checks import counted, opening_checks
from survey.checks.shortcuts import Told
from survey.checks.told import told_by_closing
from survey.errors import StudyRefused
from survey.forms import InvitationForm, StudyForm, initial_of
from survey.models import State, Study, Use
from survey.plan import Plan
from survey.protocol import Settings
from survey.selectors import balance, studies, taking
from survey.views import doors

PAGE = 50
_ENDED = (Status.SUCCEEDED, Status.FAILED, Status.CANCELLED)


@require_safe
@login_required
def index(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    if not user.is_member:
        to_rate = taking.studies_to_rate(user=user)
        return render(request, "survey/to_rate.html", {"studies": to_rate})
    page = page_by_key(
        studies.studies_visible(user=user).select_related("owner"),
        size=PAGE,
        **page_keys(request.GET),
    )
    return render(request, "survey/index.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.ORGANISER)
def new(request: HttpRequest) -> HttpResponse:
    form = StudyForm(
        request.POST or None,
        initial={"use": request.GET.get("use", Use.STUDY), "visibility": "private"},
    )
    if request.method == "POST" and form.is_valid():
        owner: Any = request.user
        try:
            study = services.study_create(owner=owner, **form.values)
        except StudyRefused as refused:
            form.add_error(refused.field or None, refused.reason)
        else:
            study.shared_with.set(form.cleaned_data["shared_with"])
            return redirect("survey:images", study.pk)
    return render(request, "survey/form.html", {"form": form}, status=_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.ORGANISER)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    study: Study = get_changeable(Study.objects.all(), user=request.user, pk=pk)
    form = StudyForm(
        request.POST or None,
        before=Settings.of(study),
        plan=Plan.of(study),
        initial=initial_of(study),
    )
    if request.method == "POST" and form.is_valid():
        by: Any = request.user
        try:
            services.study_update(study=study, by=by, **form.values)
        except StudyRefused as refused:
            form.add_error(refused.field or None, refused.reason)
        else:
            study.shared_with.set(form.cleaned_data["shared_with"])
            return redirect("survey:study", study.pk)
    context = {"form": form, "study": study}
    return render(request, "survey/form.html", context, status=_status(form))


@require_safe
@member_required
@never_cache
def study(request: HttpRequest, pk: int) -> HttpResponse:
    context = _context(request, pk)
    if context["may_change"]:
        context["balance"] = balance.balance_of(balance.chosen_of(study=context["study"]))
    return render(request, "survey/study.html", context)


@require_safe
@member_required
@never_cache
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the page that changes by itself; a browser that comes here gets it all."""
    context = _context(request, pk)
    if not getattr(request, "htmx", False):
        return redirect("survey:study", pk)
    return render(request, "survey/study.html#progress", context)


@require_POST
@role_required(Role.ORGANISER)
def open_study(request: HttpRequest, pk: int) -> HttpResponse:
    move = partial(services.study_open, unchecked=request.POST.get("unchecked") == "yes")
    return _moved(request, pk, move, "The study is open. Invite your raters.")


@require_POST
@role_required(Role.ORGANISER)
def close_study(request: HttpRequest, pk: int) -> HttpResponse:
    return _moved(request, pk, services.study_close, "The study is closed; here are its results.")


@require_POST
@role_required(Role.ORGANISER)
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Stand at the door as a rater would; what is answered there enters no result."""
    study: Study = get_changeable(Study.objects.all(), user=request.user, pk=pk)
    if study.state == State.CLOSED or not opening_checks(study=study).prepared:
        messages.error(request, "There is nothing to preview: prepare the images first.")
        return redirect("survey:study", pk)
    response = redirect("survey:take", study.code)
    doors.set_door(request, response, study, "preview:")
    response.delete_cookie(doors.SESSION, path=response["Location"], samesite="Lax")
    return response


@require_POST
@role_required(Role.ORGANISER)
@once
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    study: Study = get_changeable(Study.objects.all(), user=request.user, pk=pk)
    by: Any = request.user
    if study.state == State.OPEN:
        noted(actor=by, action="study.key-seen", subject=study)  # the copy tells it
    made = services.study_copy(study=study, by=by)
    messages.success(request, "This is a copy: texts, settings, plan and images; no answers.")
    return redirect("survey:study", made.pk)


def _moved(request: HttpRequest, pk: int, move: Any, said: str) -> HttpResponse:
    study: Study = get_changeable(Study.objects.all(), user=request.user, pk=pk)
    try:
        move(study=study, by=request.user)
    except StudyRefused as refused:
        messages.error(request, refused.reason)
    else:
        messages.success(request, said)
    return redirect("survey:results" if study.state == State.CLOSED else "survey:study", pk)


def _context(request: HttpRequest, pk: int) -> dict[str, Any]:
    study: Study = get_visible(
        Study.objects.select_related("owner", "stimuli_run", "copy_of"), user=request.user, pk=pk
    )
    run = study.stimuli_run
    # Nobody needs to know what might hinder an opening that has been; and pages poll.
    checks = (opening_checks if study.state == State.DRAFT else counted)(study=study)
    may_change = study.may_be_changed_by(request.user)
    frozen = study.protocols.order_by("-version").first()
    shortcuts = checks.shortcuts if frozen is None else Told.of(frozen.document.get("shortcuts"))
    return {
        "study": study,
        "settings": Settings.of(study),
        "may_change": may_change,
        # In what the kinds differ helps whoever might still take part.
        "shortcuts": shortcuts if may_change or study.state == State.CLOSED else None,
        "checks": checks,
        "any_chosen": bool(checks.real or checks.artificial),
        "arms": [one for one in studies.chosen_counts(study=study) if one.arm],
        "progress": studies.progress_of(study=study),
        "run": run,
        "run_works": run is not None and run.status not in (*_ENDED, Status.LOST),
        "invitation_form": InvitationForm(),
        "protocol": frozen,
        "unchecked": frozen.document.get("unchecked", "") if frozen else checks.unchecked,
        "told_by_closing": told_by_closing(study=study)
        if may_change and study.state == State.OPEN and study.use == Use.STUDY
        else "",
        "can_rate": taking.may_rate_signed_in(study=study, user=request.user),
    }


def _status(form: StudyForm) -> int:
    return 422 if form.is_bound else 200
