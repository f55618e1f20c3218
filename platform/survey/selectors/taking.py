"""What a rater's browser may know: nothing but what comes next."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from core.access import Visibility
from survey.models import DryRun, Invitation, Presentation, Session, State, Study, Use
from survey.services.answers import AHEAD
from survey.services.invitations import token_sha256
from survey.services.sessions import key_sha256


def study_by_code(*, code: str) -> Study:
    found = Study.objects.filter(code=code).first()
    if found is None:
        raise Http404("There is no such study; open the link that you were sent.")
    return found  # type: ignore[no-any-return]


def invitation_by_token(*, token: str) -> Invitation | None:
    """The invitation of a link, spent ones included: whoever began by it may come back."""
    return (
        Invitation.objects.filter(token_sha256=token_sha256(token), revoked_at=None)
        .select_related("study")
        .first()
    )


def session_by_key(*, study: Study, key: str) -> Session | None:
    return (
        Session.objects.filter(study=study, key_sha256=key_sha256(key))
        .select_related("study", "protocol")
        .first()
    )


def session_by_account(*, study: Study, user: Any) -> Session | None:
    """A signed-in rater goes on in any browser."""
    if not user.is_authenticated:
        return None
    return (
        Session.objects.filter(study=study, rater=user, kind=Session.Kind.RATER)
        .select_related("study", "protocol")
        .first()
    )


def may_rate_signed_in(*, study: Study, user: Any) -> bool:
    """Members who may see the study, and raters whom it was shared with."""
    if study.use != Use.STUDY or study.state != State.OPEN or not user.is_authenticated:
        return False
    if Study.objects.visible_to(user).filter(pk=study.pk).exists():
        return True
    named = study.visibility == Visibility.SHARED
    return named and study.shared_with.filter(pk=user.pk).exists()


def dry_run_at_work(*, study: Study, pk: str) -> DryRun | None:
    """The dry run of a draft, as long as its raters are on their way."""
    if not pk.isdecimal() or study.state != State.DRAFT:
        return None
    return DryRun.objects.filter(pk=int(pk), study=study, state=DryRun.State.RUNNING).first()


def studies_to_rate(*, user: Any) -> QuerySet[Study]:
    """Open studies that somebody who signed in was asked to take."""
    shared = Study.objects.filter(
        use=Use.STUDY, state=State.OPEN, visibility=Visibility.SHARED, shared_with=user
    )
    return shared.order_by("-opened_at")


@dataclass(frozen=True, slots=True)
class Plan:
    """Where a session stands, and the next images: one to show and two to fetch ahead."""

    total: int
    answered: int
    practice: int  # how many of `total` are practice; they come first
    next: tuple[Presentation, ...]


def is_over(*, session: Session) -> bool:
    """Nothing more is shown: the rater has ended it, or the study has closed."""
    return session.study.state == State.CLOSED or session.state != Session.State.STARTED


def plan_of(*, session: Session) -> Plan:
    waiting = session.presentations.filter(judgement__isnull=True).order_by("position")
    answered = Session.objects.values_list("answered", flat=True).get(pk=session.pk)
    following = () if is_over(session=session) else tuple(waiting[:AHEAD])
    return Plan(total=session.total, answered=answered, practice=session.practice, next=following)


def presentation_of(*, session: Session, token: str) -> Presentation:
    """A presentation of this session that is not further ahead than a rater may be."""
    found = session.presentations.filter(token=token).select_related("stimulus").first()
    if found is None or found.position > session.answered + AHEAD:
        raise Http404("There is no such image.")
    return found


def presentation_to_serve(*, session: Session, token: str) -> Presentation:
    """A presentation whose image may be fetched now: before its answer, or after a whole game."""
    found = (
        session.presentations.filter(Q(token=token) | Q(other_token=token))
        .select_related("stimulus__served", "other__served", "judgement")
        .first()
    )
    if found is None or found.position > session.answered + AHEAD:
        raise Http404("There is no such image.")
    game_over = session.kind == Session.Kind.GAME and session.state == Session.State.FINISHED
    if not game_over and (is_over(session=session) or hasattr(found, "judgement")):
        raise Http404("There is no such image.")
    return found
