"""“Can you tell?”: ten images for fun. Its studies have a use of their own, so nothing mixes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from survey.errors import DoorShut
from survey.models import Session, Study
from survey.services.sessions import session_begin, session_start

KEPT_FOR = timedelta(days=1)
_AT_ONCE = 20
# Games begun in a minute by everybody together: who asks is not kept, so nobody is told apart.
MOST_A_MINUTE = 60


def game_start(*, study: Study, user: Any, user_agent: str) -> tuple[Session, str]:
    """Deal five real and five artificial images."""
    if study.stimuli.filter(served__isnull=False).count() < 10:
        raise DoorShut("There are not enough images yet.")
    _require_calm()
    session, key = session_start(
        study=study, kind=Session.Kind.GAME, user=user, user_agent=user_agent
    )
    session_begin(session=session, screen={})
    return session, key


def games_forget() -> None:
    """Delete games of yesterday, some at a time; called when a worker looks round."""
    old = Session.objects.filter(
        kind=Session.Kind.GAME, consented_at__lt=timezone.now() - KEPT_FOR
    ).order_by("pk")
    if keys := list(old.values_list("pk", flat=True)[:_AT_ONCE]):
        Session.objects.filter(pk__in=keys).delete()


def _require_calm() -> None:
    key = f"survey-games-{int(timezone.now().timestamp() // 60)}"
    cache.add(key, 0, timeout=120)
    try:
        begun = cache.incr(key)
    except ValueError:  # it ran out in between
        begun = 1
    if begun > MOST_A_MINUTE:
        raise DoorShut("Very many people play just now. Try again in a minute.")
