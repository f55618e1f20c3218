"""What the survey refuses, in sentences that a person can act on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from survey.models import Judgement


class SurveyError(Exception):
    """Its text is for the person at the screen; nothing was changed."""


class StudyRefused(SurveyError):
    """A study, or a change of one, that cannot be."""

    def __init__(self, reason: str, *, field: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field  # of the form; empty: the whole


class DoorShut(SurveyError):
    """Somebody may not take this study now; the text tells a rater why."""


class AnswerRefused(SurveyError):
    """An answer to an image that has another one already, or to a study that has closed."""

    def __init__(self, reason: str, *, kept: Judgement | None = None) -> None:
        super().__init__(reason)
        self.kept = kept
