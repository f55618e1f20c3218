"""The pages of a rater, and what their script asks for."""

from __future__ import annotations

from csp.constants import SELF
from csp.decorators import csp_update
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from survey import questions, services
from survey.errors import DoorShut
from survey.models import Session, State, Study
from survey.protocol import Settings
from survey.selectors import taking
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
        doors.set_door(request, response, invitation.study, f"link:{doors.mark_of(invitation)}")
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
    # Somebody may sign in, or be shown the images, after having begun.
    services.knowledge_note(session=session, user=request.user)
    settings = Settings.of(study)
    context = {"study": study, "session": session, "settings": settings}
    if session.begun_at is not None:
        return render(request, "survey/take/judge.html", context)
    if settings.questions and session.background_at is None:
        return _questions_page(request, study, questions.background_questions(settings))
    return render(request, "survey/take/instructions.html", context)


def _consent_page(request: HttpRequest, study: Study) -> HttpResponse:
    door = doors.door_of(request, study)
    if door is None and study.state == State.CLOSED:
        return _shut(request, "This study has ended. Thank you for coming.", status=404)
    if door is None:
        return doors.no_session(request)
    context = {"study": study, "preview": door.kind == Session.Kind.PREVIEW}
    if _begun_elsewhere(door) is not None:
        return render(request, "survey/take/go_on.html", context)
    return render(request, "survey/take/consent.html", context)


def _begun_elsewhere(door: doors.Door) -> Session | None:
    return taking.session_begun_by(invitation=door.invitation) if door.invitation else None


def _questions_page(
    request: HttpRequest, study: Study, asked: list[questions.Asked], *, status: int = 200
) -> HttpResponse:
    context = {"study": study, "asked": asked, "wrong": any(one.problem for one in asked)}
    return render(request, "survey/take/questions.html", context, status=status)


@require_POST
def go_on(request: HttpRequest, code: str) -> HttpResponse:
    """Take a session over into this browser, by the personal link that it was begun with.

    Never on GET: a mail program that looks at links ahead would throw the rater out.
    """
    study = taking.study_by_code(code=code)
    door = doors.door_of(request, study)
    session = _begun_elsewhere(door) if door else None
    if session is None:
        raise Http404("There is no such study; open the link that you were sent.")
    response = redirect("survey:take", code)
    doors.set_session(request, response, study, services.session_move(session=session))
    return response


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
def background(request: HttpRequest, session: Session) -> HttpResponse:
    """What raters say of themselves; whoever says nothing goes on all the same."""
    asked = questions.background_questions(Settings.of(session.study))
    asked = questions.filled(asked, request.POST)
    if any(one.problem for one in asked) and session.background_at is None:
        return _questions_page(request, session.study, asked, status=422)
    services.background_keep(session=session, answers=questions.answers_in(asked))
    return redirect("survey:take", session.study.code)


@require_POST
@doors.with_session
def begin(request: HttpRequest, session: Session) -> HttpResponse:
    services.session_begin(session=session, screen=screen_from(request.POST))
    return redirect("survey:take", session.study.code)
