"""What raters say about themselves before the images, and afterwards; each kept once."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import timezone

from survey.models import Event, Session, State

Answers = Mapping[str, str | float]


def background_keep(*, session: Session, answers: Answers) -> None:
    """Keep the answers to the protocol's questions; sent twice, the first stay."""
    now = timezone.now()
    fresh = Session.objects.filter(pk=session.pk, background_at=None)
    if fresh.update(background=dict(answers), background_at=now, last_seen_at=now):
        Event.objects.create(session=session, kind="background")


def afterthoughts_keep(*, session: Session, answers: Answers) -> None:
    """Keep what was asked at the end; nothing of it is taken once the study has closed."""
    now = timezone.now()
    fresh = Session.objects.filter(
        pk=session.pk, afterthoughts_at=None, state=Session.State.FINISHED
    ).exclude(study__state=State.CLOSED)
    if fresh.update(afterthoughts=dict(answers), afterthoughts_at=now, last_seen_at=now):
        Event.objects.create(session=session, kind="afterthoughts")
