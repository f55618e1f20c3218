"""The ways out of a study: withdrawing, and having one's data erased.

Before the closing an erased session is gone with all its rows, and one that was withdrawn also
after it. Other answers stay then, as results that are out cannot be taken back; everything that
could say whose they are is taken out.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from core.audit import noted
from survey.errors import DoorShut
from survey.models import Event, Invitation, Judgement, Session, State, Study, Use, new_token
from survey.services.analyses import analysis_start
from survey.services.bundles import analyses_erase
from survey.services.forgetting import forget_in_log, secure_delete
from survey.services.knowing import ways_forget
from survey.services.sessions import key_sha256, new_pseudonym


def session_withdraw(*, session: Session) -> None:
    """The rater takes their answers back: they enter no result."""
    with transaction.atomic():
        rows = Session.objects.filter(pk=session.pk, study__state=State.OPEN)
        if not rows.exclude(state=Session.State.WITHDRAWN).update(
            state=Session.State.WITHDRAWN, last_seen_at=timezone.now()
        ):
            raise DoorShut("The study has closed; its results are out and cannot be taken back.")
        Event.objects.create(session=session, kind="withdrawn")


def session_erase(*, session: Session, by: Any = None) -> bool:
    """Erase a session, or after the closing who gave it; True: nothing at all is left of it.

    `by` is the organiser who does it for a rater; a rater is not named in the audit log.
    """
    secure_delete()
    with transaction.atomic():
        study = Study.objects.select_for_update(no_key=True).get(pk=session.study_id)
        withdrawn = session.state == Session.State.WITHDRAWN  # in no result
        gone = bool(study.state != State.CLOSED) or withdrawn
        # Whom a personal link was sent to is written there, too.
        study.invitations.filter(kind=Invitation.Kind.PERSONAL, sessions=session).update(label="")
        if gone:
            Session.objects.filter(pk=session.pk).delete()
        else:
            _take_person_out(session)
            # They name the rater by the pseudonym that was, and count what the rater said of
            # themselves; without them the figures are the same.
            analyses_erase(study=study)
            if study.use == Use.STUDY:
                analysis_start(study=study, by=None)
        closed = study.state == State.CLOSED
        noted(actor=by, action="study.session-erased", subject=study, closed=closed)
        transaction.on_commit(forget_in_log)
    return gone


def links_cut(*, study: Study) -> None:
    """Nothing joins the sessions of a closed study to a link or an account any more."""
    secure_delete()
    study.sessions.update(invitation=None, rater=None)
    ways_forget(study=study)
    study.invitations.filter(kind=Invitation.Kind.PERSONAL).update(label="")
    transaction.on_commit(forget_in_log)


def _take_person_out(session: Session) -> None:
    share = session.afterthoughts.get("share")
    Session.objects.filter(pk=session.pk).update(
        pseudonym=new_pseudonym(),
        # The cookie that was theirs opens nothing any more.
        key_sha256=key_sha256(new_token()),
        invitation=None,
        rater=None,
        user_agent="",
        screen={},
        background={},
        afterthoughts={} if share is None else {"share": share},
        erased_at=timezone.now(),
    )
    # The hash of an answer is over its reason as well.
    Judgement.objects.filter(presentation__session=session).update(reason="", payload_sha256="")
    # The one exception to a log that is only added to: it holds screens, and hashes of answers.
    QuerySet(Event).filter(session=session).update(details={})
