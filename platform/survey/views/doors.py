"""Who a browser is to a study: a link is exchanged for a cookie, consent for another one.

Cookies are bound to the study's own path, read by no script, and hold nothing but a random key, and
before the consent the beginning of the hash of a link.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Protocol

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import salted_hmac

from survey.models import DryRun, Invitation, Presentation, Session, State, Study, new_token
from survey.selectors import taking
from survey.services.sessions import key_sha256

SESSION, DOOR = "survey_session", "survey_door"
MARK_LENGTH = 32
SESSION_SECONDS, DOOR_SECONDS = 60 * 86_400, 86_400


View = Callable[..., HttpResponse]


class Find(Protocol):
    def __call__(self, *, code: str, key_sha256: str, token: str) -> Presentation | None: ...


@dataclass(frozen=True, slots=True)
class Door:
    """By what right somebody stands before the consent page."""

    kind: str
    invitation: Invitation | None = None
    dry_run: DryRun | None = None
    simulated_as: str = ""
    # What the session's cookie will hold. It follows from the door, so that a consent whose reply
    # was lost, or that was clicked twice, opens the one session that it made.
    key: str = ""


def set_door(request: HttpRequest, response: HttpResponse, study: Study, value: str) -> None:
    response.set_signed_cookie(
        DOOR,
        f"{new_token()}|{value}",
        salt=_salt(study),
        path=_path(study),
        max_age=DOOR_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )


def set_session(request: HttpRequest, response: HttpResponse, study: Study, key: str) -> None:
    response.set_cookie(
        SESSION,
        key,
        path=_path(study),
        max_age=SESSION_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
    response.delete_cookie(DOOR, path=_path(study), samesite="Lax")


def forget_session(response: HttpResponse, study: Study) -> None:
    for name in (SESSION, DOOR):
        response.delete_cookie(name, path=_path(study), samesite="Lax")


def door_of(request: HttpRequest, study: Study) -> Door | None:
    value = request.get_signed_cookie(DOOR, default=None, salt=_salt(study), max_age=DOOR_SECONDS)
    nonce, _, right = (value or "").partition("|")
    kind, _, what = right.partition(":")
    key = salted_hmac("survey.session", nonce, algorithm="sha256").hexdigest() if right else ""
    if kind == "preview" and study.may_be_changed_by(request.user):
        return Door(Session.Kind.PREVIEW, key=key)
    if kind == "link" and len(what) == MARK_LENGTH:
        invitation = study.invitations.filter(token_sha256__startswith=what).first()
        if invitation is not None and study.state == State.OPEN:
            return Door(Session.Kind.RATER, invitation, key=key)
    if kind == "simulated":
        number, _, profile = what.partition(":")
        dry_run = taking.dry_run_at_work(study=study, pk=number)
        if dry_run is None:
            return None
        return Door(Session.Kind.SIMULATED, dry_run=dry_run, simulated_as=profile, key=key)
    if taking.may_rate_signed_in(study=study, user=request.user):
        return Door(Session.Kind.RATER)
    return None


def mark_of(invitation: Invitation) -> str:
    """Stands for a link in the door's cookie; unlike its key it counts no links."""
    return invitation.token_sha256[:MARK_LENGTH]


def session_of(request: HttpRequest, code: str) -> Session | None:
    key = request.COOKIES.get(SESSION, "")
    found = taking.session_by_key(code=code, key=key) if key else None
    return found or taking.session_by_account(code=code, user=request.user)


def session_or_404(request: HttpRequest, code: str) -> Session:
    found = session_of(request, code)
    if found is None:
        raise Http404("There is no such image.")
    return found


def no_session(request: HttpRequest) -> HttpResponse:
    """The page of a browser whose cookie opens nothing any more; whoever has none gets a 404."""
    if SESSION not in request.COOKIES:
        raise Http404("There is no such study; open the link that you were sent.")
    context = {
        "title": "This browser is not in the study any more",
        "reason": "You go on in another browser, or your data were erased. To come back here, open "
        "the link that you were sent, or your own link back.",
    }
    return render(request, "survey/take/shut.html", context, status=404)


def with_session(view: View) -> View:
    """Give the view the session of the browser's cookie; without one there is nothing here."""

    @wraps(view)
    def guarded(request: HttpRequest, code: str, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, session_or_404(request, code), *args, **kwargs)

    return guarded


def presentation_of(request: HttpRequest, code: str, token: str, *, find: Find) -> Presentation:
    """An image of the browser's session, found by one query where it has the study's cookie."""
    key = request.COOKIES.get(SESSION, "")
    found = find(code=code, key_sha256=key_sha256(key), token=token) if key else None
    if found is None:
        session = session_or_404(request, code)
        found = find(code=code, key_sha256=session.key_sha256, token=token)
    if found is None:
        raise Http404("There is no such image.")
    return found


def _path(study: Study) -> str:
    return reverse("survey:take", args=[study.code])


def _salt(study: Study) -> str:
    return f"survey.door.{study.code}"
