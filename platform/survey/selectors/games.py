"""Which images the front page's game shows."""

from __future__ import annotations

from typing import Any

from survey.models import State, Study, Use


def game_of(*, user: Any) -> Study | None:
    """The newest open set, if this person may play with it."""
    sets = Study.objects.filter(use=Use.GAME, state=State.OPEN)
    if not user.is_authenticated:
        sets = sets.filter(visitors_allowed=True)
    return sets.order_by("-opened_at").first()
