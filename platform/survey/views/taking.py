"""The pages of a rater, and what their script asks for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core.files import file_open
from survey import services
from survey.errors import AnswerRefused, DoorShut
from survey.models import Judgement, Presentation, Session, State, Study
from survey.protocol import Settings
from survey.selectors import own, taking
from survey.views import doors
from survey.views.payloads import BadPayload, answer_from, parsed, screen_from

View = Callable[..., HttpResponse]


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
    session = doors.session_of(request, study)
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
    if doors.session_of(request, study) is not None:
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
        )
    except DoorShut as shut:
        return _shut(request, str(shut))
    doors.set_session(request, response, study, key)
    return response


def with_session(view: View) -> View:
    """Give the view the session of the browser's cookie; without one there is nothing here."""

    @wraps(view)
    def guarded(request: HttpRequest, code: str, *args: Any, **kwargs: Any) -> HttpResponse:
        session = doors.session_of(request, taking.study_by_code(code=code))
        if session is None:
            raise Http404("There is no such image.")
        return view(request, session, *args, **kwargs)

    return guarded


@require_POST
@with_session
def begin(request: HttpRequest, session: Session) -> HttpResponse:
    services.session_begin(session=session, screen=screen_from(request.POST))
    return redirect("survey:take", session.study.code)


@require_safe
@never_cache
@with_session
def plan(request: HttpRequest, session: Session) -> HttpResponse:
    return JsonResponse(_plan(session))


@require_safe
@with_session
def image(request: HttpRequest, session: Session, token: str) -> HttpResponse:
    """The pixels of one presentation. All go this one way, and no header tells them apart."""
    presentation = taking.presentation_to_serve(session=session, token=token)
    stimulus = presentation.stimulus if token == presentation.token else presentation.other
    served = stimulus.served if stimulus is not None else None
    if served is None:
        raise Http404("There is no such image.")
    Presentation.objects.filter(pk=presentation.pk, served_at=None).update(served_at=timezone.now())
    with file_open(served) as stream:
        response = HttpResponse(stream.read(), content_type="image/png")
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@with_session
def answer(request: HttpRequest, session: Session) -> HttpResponse:
    try:
        token, payload = answer_from(request.body)
        presentation = taking.presentation_of(session=session, token=token)
        done = services.answer_take(session=session, presentation=presentation, payload=payload)
    except BadPayload as bad:
        return JsonResponse({"message": f"The answer was not understood: {bad}."}, status=400)
    except AnswerRefused as refused:
        return JsonResponse({"message": str(refused), **_plan(session)}, status=409)
    return JsonResponse({**_plan(session), **_feedback(presentation, done.judgement)})


@require_POST
@with_session
def slip(request: HttpRequest, session: Session) -> HttpResponse:
    try:
        token = str(parsed(request.body).get("token", ""))
        presentation = taking.presentation_of(session=session, token=token)
        services.slip_note(session=session, presentation=presentation)
    except BadPayload as bad:
        return JsonResponse({"message": f"That was not understood: {bad}."}, status=400)
    except AnswerRefused as refused:
        return JsonResponse({"message": str(refused)}, status=409)
    return JsonResponse({})


@require_safe
@never_cache
@with_session
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
@with_session
def withdraw(request: HttpRequest, session: Session) -> HttpResponse:
    try:
        services.session_withdraw(session=session)
    except DoorShut as shut:
        return _shut(request, str(shut))
    return redirect("survey:take-end", session.study.code)


def _plan(session: Session) -> dict[str, Any]:
    plan = taking.plan_of(session=session)
    return {
        "total": plan.total,
        "answered": plan.answered,
        "practice": plan.practice,
        "next": [
            {
                "token": one.token,
                "other": one.other_token,
                "position": one.position,
                "practice": one.position <= plan.practice,
            }
            for one in plan.next
        ],
    }


def _feedback(presentation: Presentation, said: Judgement) -> dict[str, Any]:
    """What an image was: told of practice images, which are outside the set, and of no other."""
    if presentation.kind != Presentation.Kind.PRACTICE:
        return {}
    truth = presentation.stimulus.truth
    return {"feedback": {"truth": truth, "right": said.decision == truth}}
