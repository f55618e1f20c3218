"""What a rater's browser may know: nothing but what comes next."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from core.access import Visibility
from core.composed import Composed
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


def session_by_key(*, code: str, key: str) -> Session | None:
    return (
        Session.objects.filter(study__code=code, key_sha256=key_sha256(key))
        .select_related("study", "protocol")
        .first()
    )


def session_to_resume(*, key: str) -> Session | None:
    return (
        Session.objects.filter(key_sha256=key_sha256(key))
        .exclude(kind=Session.Kind.GAME)
        .select_related("study")
        .first()
    )


def session_begun_by(*, invitation: Invitation) -> Session | None:
    """The session of a personal link that was used: it opens no other one. Open links have none."""
    if invitation.kind != Invitation.Kind.PERSONAL or invitation.study.state != State.OPEN:
        return None
    return invitation.sessions.select_related("study").first()


def session_by_account(*, code: str, user: Any) -> Session | None:
    """A signed-in rater goes on in any browser."""
    if not user.is_authenticated:
        return None
    return (
        Session.objects.filter(study__code=code, rater=user, kind=Session.Kind.RATER)
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
    next: tuple[tuple[str, str | None, int], ...]  # token, the other one's of a pair, position


def is_over(*, session: Session) -> bool:
    """Nothing more is shown: the rater has ended it, or the study has closed."""
    return session.study.state == State.CLOSED or session.state != Session.State.STARTED


@Composed
def _waiting(session: int) -> QuerySet[Presentation, Any]:
    return (
        Presentation.objects.filter(session=session, judgement__isnull=True)
        .order_by("position")
        .values_list("token", "other_token", "position", "session__answered")[:AHEAD]
    )


def plan_of(*, session: Session) -> Plan:
    """What comes next; one query, as each answer asks for it."""
    rows = _waiting(session=session.pk)
    return Plan(
        total=session.total,
        answered=rows[0][3] if rows else session.total,
        practice=session.practice,
        next=() if is_over(session=session) else tuple(row[:3] for row in rows),
    )


def answered_last(*, session: Session) -> Presentation | None:
    """What was answered last of all; only that can be called a slip."""
    answered = session.presentations.filter(judgement__isnull=False)
    return answered.select_related("judgement").order_by("-position").first()


def last_answer(*, session: Session) -> str:
    """Of a rater at the end, whose very last answer no image follows that asks for a slip.

    "slip": it is called one; "open": it may be; empty: it is too early or too late.
    """
    if session.state != Session.State.FINISHED or session.study.state != State.OPEN:
        return ""
    last = answered_last(session=session)
    if last is None:
        return ""
    return "slip" if last.judgement.slipped_at else "open"


_SESSION_COLUMNS = (
    "session__kind",
    "session__rater",
    "session__state",
    "session__answered",
    "session__total",
    "session__practice",
    "session__study__state",
)


@Composed
def _asked(code: str, key_sha256: str, token: str) -> QuerySet[Presentation]:
    return (
        Presentation.objects.filter(
            token=token, session__key_sha256=key_sha256, session__study__code=code
        )
        .select_related("session__study", "stimulus", "judgement")
        .only(
            "position",
            "kind",
            *_SESSION_COLUMNS,
            "session__study__use",
            "session__study__settings",  # what may be stored of the answer
            "stimulus__truth",
            "judgement__decision",
            "judgement__confidence",
            "judgement__client_id",
            "judgement__payload_sha256",
        )[:1]
    )


@Composed
def _to_serve(code: str, key_sha256: str, token: str) -> QuerySet[Presentation]:
    return (
        Presentation.objects.filter(
            Q(token=token) | Q(other_token=token),
            session__key_sha256=key_sha256,
            session__study__code=code,
        )
        .select_related("session__study", "stimulus", "other", "judgement")
        .only(
            "token",
            "position",
            "served_at",
            *_SESSION_COLUMNS,
            "stimulus__served",
            "other__served",
            "judgement__decision",
        )[:1]
    )


def presentation_asked(*, code: str, key_sha256: str, token: str) -> Presentation | None:
    """What an answer is about, with all that is needed to keep it, by one query."""
    found = _only(_asked(code=code, key_sha256=key_sha256, token=token))
    return found if found is not None and _is_near(found) else None


def presentation_to_serve(*, code: str, key_sha256: str, token: str) -> Presentation | None:
    """An image that may be fetched now: before its answer, or after a whole game."""
    found = _only(_to_serve(code=code, key_sha256=key_sha256, token=token))
    if found is None or not _is_near(found):
        return None
    session = found.session
    game_over = session.kind == Session.Kind.GAME and session.state == Session.State.FINISHED
    if not game_over and (is_over(session=session) or hasattr(found, "judgement")):
        return None
    return found


def _only(rows: list[Presentation]) -> Presentation | None:
    return rows[0] if rows else None


def _is_near(found: Presentation) -> bool:
    """Not further ahead than a rater may be."""
    return found.position <= found.session.answered + AHEAD
