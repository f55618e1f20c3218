"""What the rater's script asks for: what comes next, pixels, and a place for an answer.

This is the path that hundreds of raters use at once. An answer costs one SELECT, one transaction
of two INSERTs and an UPDATE, and one SELECT for the reply; the account is not looked up where the
study's cookie says who it is.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from survey import services
from survey.errors import AnswerRefused
from survey.models import Judgement, Presentation, Session
from survey.selectors import taking
from survey.served import served_bytes
from survey.views import doors
from survey.views.payloads import BadPayload, answer_from, parsed, token_in

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


@require_safe
@never_cache
@doors.with_session
def plan(request: HttpRequest, session: Session) -> HttpResponse:
    return JsonResponse(_plan(session))


@require_safe
def image(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """The pixels of one presentation. All go this one way, and no header tells them apart."""
    presentation = doors.presentation_of(request, code, token, find=taking.presentation_to_serve)
    is_left = token == presentation.token
    stimulus = presentation.stimulus if is_left else presentation.other
    sha256 = stimulus.served_id if stimulus is not None else None
    if sha256 is None:
        raise Http404("There is no such image.")
    if is_left:
        services.served_note(presentation=presentation)
    response = HttpResponse(served_bytes(sha256), content_type="image/png")
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
def answer(request: HttpRequest, code: str) -> HttpResponse:
    try:
        token, payload = answer_from(request.body)
    except BadPayload as bad:
        doors.session_or_404(request, code)
        return JsonResponse({"message": f"The answer was not understood: {bad}."}, status=400)
    presentation = doors.presentation_of(request, code, token, find=taking.presentation_asked)
    session = presentation.session
    try:
        done = services.answer_take(session=session, presentation=presentation, payload=payload)
    except AnswerRefused as refused:
        told = {"message": str(refused), **_plan(session), **_kept(refused)}
        return JsonResponse(told, status=409)
    plan = _plan(session)
    if done.is_new and not plan["next"]:
        services.knowledge_note(session=session, user=request.user)
    return JsonResponse({**plan, **_feedback(presentation, done.judgement)})


@require_POST
def slip(request: HttpRequest, code: str) -> HttpResponse:
    """Note that the last answer was a slip: by the script, or by the form of the last page."""
    if request.content_type in FORMS:
        return _slip_by_form(doors.session_or_404(request, code))
    try:
        token = token_in(parsed(request.body))
    except BadPayload as bad:
        doors.session_or_404(request, code)
        return JsonResponse({"message": f"That was not understood: {bad}."}, status=400)
    presentation = doors.presentation_of(request, code, token, find=taking.presentation_asked)
    try:
        services.slip_note(session=presentation.session, presentation=presentation)
    except AnswerRefused as refused:
        return JsonResponse({"message": str(refused)}, status=409)
    return JsonResponse({})


def _slip_by_form(session: Session) -> HttpResponse:
    last = taking.answered_last(session=session)
    if last is not None:
        with suppress(AnswerRefused):  # the study has closed meanwhile, as the page then says
            services.slip_note(session=session, presentation=last)
    return redirect("survey:take-end", session.study.code)


def _kept(refused: AnswerRefused) -> dict[str, Any]:
    """The rater's own answer that stays, where there is one."""
    said = refused.kept
    if said is None:
        return {}
    return {"kept": {"decision": said.decision, "confidence": said.confidence}}


def _plan(session: Session) -> dict[str, Any]:
    plan = taking.plan_of(session=session)
    return {
        "total": plan.total,
        "answered": plan.answered,
        "practice": plan.practice,
        "next": [
            {"token": token, "other": other, "position": at, "practice": at <= plan.practice}
            for token, other, at in plan.next
        ],
    }


def _feedback(presentation: Presentation, said: Judgement) -> dict[str, Any]:
    """What an image was: told of practice images, which are outside the set, and of no other."""
    if presentation.kind != Presentation.Kind.PRACTICE:
        return {}
    truth = presentation.stimulus.truth
    return {"feedback": {"truth": truth, "right": said.decision == truth}}
