"""The pages of a rater, and what their script asks for."""

from __future__ import annotations

from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from survey import services
from survey.errors import DoorShut
from survey.models import Session, State, Study
from survey.protocol import Settings
from survey.selectors import own, taking
from survey.views import doors
from survey.views.payloads import screen_from


def _shut(request: HttpRequest, reason: str, *, status: int = 403) -> HttpResponse:
    return render(request, "survey/take/shut.html", {"reason": reason}, status=status)


@require_safe
@never_cache
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Exchange a link for a cookie, so that the token stands in no address any more.

    Nothing is used up: a mail program that looks at links ahead takes nobody's place.
    """
    invitation = taking.invitation_by_token(token=token)
    if invitation is None:
        response = _shut(request, "This link is not known, or was taken back.", status=404)
    elif invitation.study.state == State.DRAFT:
        response = _shut(request, "This study has not begun yet. Come back when it has.")
    else:
        response = redirect("survey:take", invitation.study.code)
        doors.set_door(request, response, invitation.study, f"link:{invitation.pk}")
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
@never_cache
@csp_update({"img-src": [SELF, "blob:"]})  # type: ignore[arg-type]
def take(request: HttpRequest, code: str) -> HttpResponse:
    """Wherever the rater stands: consent, instructions, the next image, or the end."""
    study = taking.study_by_code(code=code)
    session = doors.session_of(request, code)
    if session is None:
        return _consent_page(request, study)
    if taking.is_over(session=session):
        return redirect("survey:take-end", code)
    settings = Settings.of(study)
    context = {"study": study, "session": session, "settings": settings}
    if session.begun_at is None:
        return render(request, "survey/take/instructions.html", context)
    return render(request, "survey/take/judge.html", context)


def _consent_page(request: HttpRequest, study: Study) -> HttpResponse:
    door = doors.door_of(request, study)
    if door is None and study.state == State.CLOSED:
        return _shut(request, "This study has ended. Thank you for coming.", status=404)
    if door is None:
        raise Http404("There is no such study; open the link that you were sent.")
    context = {"study": study, "preview": door.kind == Session.Kind.PREVIEW}
    return render(request, "survey/take/consent.html", context)


@require_POST
def consent(request: HttpRequest, code: str) -> HttpResponse:
    study = taking.study_by_code(code=code)
    response = redirect("survey:take", code)
    if doors.session_of(request, code) is not None:
        return response
    door = doors.door_of(request, study)
    if door is None:
        raise Http404("There is no such study; open the link that you were sent.")
    if request.POST.get("agreed") != "yes":
        return response
    try:
        _, key = services.session_start(
            study=study,
            kind=door.kind,
            invitation=door.invitation,
            user=request.user,
            user_agent=request.headers.get("User-Agent", ""),
            dry_run=door.dry_run,
            simulated_as=door.simulated_as,
            key=door.key,
        )
    except DoorShut as shut:
        if not door.key or taking.session_by_key(code=code, key=door.key) is None:
            return _shut(request, str(shut))
        key = door.key  # this browser's own consent, sent before
    doors.set_session(request, response, study, key)
    return response


@require_POST
@doors.with_session
def begin(request: HttpRequest, session: Session) -> HttpResponse:
    services.session_begin(session=session, screen=screen_from(request.POST))
    return redirect("survey:take", session.study.code)


@require_safe
@never_cache
@doors.with_session
def end(request: HttpRequest, session: Session) -> HttpResponse:
    """Thanks, or a pause; one's own score only when nothing can be learned from it any more."""
    context: dict[str, Any] = {"study": session.study, "session": session}
    closed = session.study.state == State.CLOSED
    if session.kind == Session.Kind.GAME and session.state == Session.State.FINISHED:
        context |= {"score": own.score_of(session=session), "shown": own.shown_in(session=session)}
        return render(request, "survey/take/game_end.html", context)
    if closed and session.answered and session.state != Session.State.WITHDRAWN:
        context["score"] = own.score_of(session=session)
    return render(request, "survey/take/end.html", context)


@require_POST
@doors.with_session
def withdraw(request: HttpRequest, session: Session) -> HttpResponse:
    try:
        services.session_withdraw(session=session)
    except DoorShut as shut:
        return _shut(request, str(shut))
    return redirect("survey:take-end", session.study.code)
