"""The end and the pause: thanks, last questions, one's own data, and the ways out."""

from __future__ import annotations

import csv

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from survey import questions, services
from survey.errors import DoorShut
from survey.models import Session, State
from survey.protocol import Settings
from survey.selectors import own, taking
from survey.views import doors


@require_safe
@never_cache
def end(request: HttpRequest, code: str) -> HttpResponse:
    session = doors.session_of(request, code)
    if session is None:
        return doors.no_session(request)
    return end_page(request, session)


@require_POST
@doors.with_session
def afterthoughts(request: HttpRequest, session: Session) -> HttpResponse:
    asked = questions.filled(_closing_questions(session), request.POST)
    if any(one.problem for one in asked):
        return end_page(request, session, asked=asked, status=422)
    services.afterthoughts_keep(session=session, answers=questions.answers_in(asked))
    return redirect("survey:take-end", session.study.code)


def end_page(
    request: HttpRequest,
    session: Session,
    *,
    asked: list[questions.Asked] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Thanks, or a pause; one's own score only when nothing can be learned from it any more."""
    study = session.study
    if session.kind == Session.Kind.GAME and session.state == Session.State.FINISHED:
        context = {"study": study, "session": session, "score": own.score_of(session=session)}
        context["shown"] = own.shown_in(session=session)
        return render(request, "survey/take/game_end.html", context)
    key = request.COOKIES.get(doors.SESSION, "")
    resume = request.build_absolute_uri(reverse("survey:resume", args=[key])) if key else ""
    context = {
        "study": study,
        "session": session,
        "settings": Settings.of(study),
        "score": own.score_of(session=session) if own.may_see_score(session=session) else None,
        "asked": _closing_questions(session) if asked is None else asked,
        "last_answer": taking.last_answer(session=session),
        "resume": resume if session.state != Session.State.WITHDRAWN else "",
    }
    return render(request, "survey/take/end.html", context, status=status)


def _closing_questions(session: Session) -> list[questions.Asked]:
    """None: they were answered, or it is too early or too late for them."""
    finished = session.state == Session.State.FINISHED
    if not finished or session.afterthoughts_at or session.study.state == State.CLOSED:
        return []
    return questions.closing_questions(Settings.of(session.study))


@require_POST
@doors.with_session
def withdraw(request: HttpRequest, session: Session) -> HttpResponse:
    try:
        services.session_withdraw(session=session)
    except DoorShut as shut:
        context = {
            "title": "It is too late to withdraw",
            "reason": str(shut),
            "back": reverse("survey:take-end", args=[session.study.code]),
        }
        return render(request, "survey/take/shut.html", context, status=403)
    return redirect("survey:take-end", session.study.code)


@require_POST
@doors.with_session
def erase(request: HttpRequest, session: Session) -> HttpResponse:
    gone = services.session_erase(session=session)
    response = render(request, "survey/take/erased.html", {"gone": gone})
    doors.forget_session(response, session.study)
    return response


@require_safe
@never_cache
@doors.with_session
def own_table(request: HttpRequest, session: Session) -> HttpResponse:
    """The rater's own answers; what was true of the images only after the closing."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="my-answers.csv"'
    writer = csv.writer(response)
    columns, rows = own.answers_table(session=session)
    writer.writerow(columns)
    writer.writerows(rows)
    return response


@require_safe
@never_cache
@doors.with_session
def own_data(request: HttpRequest, session: Session) -> HttpResponse:
    """All that is stored of the rater."""
    response = JsonResponse(own.everything_of(session=session), json_dumps_params={"indent": 1})
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@require_safe
@never_cache
def resume(request: HttpRequest, key: str) -> HttpResponse:
    """Exchange a rater's own link for the cookie, so that the key stands in no address any more."""
    session = taking.session_to_resume(key=key)
    if session is None:
        reason = "This link is not known any more: the session was erased, or goes on elsewhere."
        response = render(request, "survey/take/shut.html", {"reason": reason}, status=404)
    else:
        response = redirect("survey:take", session.study.code)
        doors.set_session(request, response, session.study, key)
    response["Referrer-Policy"] = "no-referrer"
    return response
