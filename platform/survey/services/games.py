"""“Can you tell?”: ten images for fun. Its studies have a use of their own, so nothing mixes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from survey.errors import DoorShut
from survey.models import Session, Study
from survey.services.sessions import session_begin, session_start

KEPT_FOR = timedelta(days=1)
_AT_ONCE = 20


def game_start(*, study: Study, user: Any, user_agent: str) -> tuple[Session, str]:
    """Deal five real and five artificial images, and forget old games."""
    if study.stimuli.filter(served__isnull=False).count() < 10:
        raise DoorShut("There are not enough images yet.")
    session, key = session_start(
        study=study, kind=Session.Kind.GAME, user=user, user_agent=user_agent
    )
    session_begin(session=session, screen={})
    old = study.sessions.filter(
        kind=Session.Kind.GAME, consented_at__lt=timezone.now() - KEPT_FOR
    ).order_by("pk")
    study.sessions.filter(pk__in=list(old.values_list("pk", flat=True)[:_AT_ONCE])).delete()
    return session, key
