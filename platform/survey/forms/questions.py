"""Questions to raters, one a line: adding, removing and moving one is editing text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify

from survey.protocol import Question

MOST, MOST_OPTIONS, LONGEST = 20, 12, 200
_KINDS = {"(number)": "number", "(text)": "text"}


def as_text(questions: Sequence[Question]) -> str:
    return "\n".join(" | ".join([one.text, *_answers(one)]) for one in questions)


def _answers(question: Question) -> tuple[str, ...]:
    kinds = {kind: word for word, kind in _KINDS.items()}
    return question.options or (kinds.get(question.kind, "(text)"),)


class QuestionsField(forms.CharField):
    """`before` keeps the keys of questions whose words are as they were."""

    before: Sequence[Question] = ()

    def __init__(self, **kwargs: Any) -> None:
        rows = forms.Textarea(attrs={"rows": 6, "spellcheck": "true"})
        super().__init__(required=False, widget=rows, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else as_text([_question(one) for one in value or ()])

    def clean(self, value: Any) -> tuple[Question, ...]:
        lines = [line.strip() for line in super().clean(value).splitlines()]
        found: list[Question] = []
        for number, line in enumerate((line for line in lines if line), start=1):
            found.append(self._read(line, number, {one.key for one in found}))
        if len(found) > MOST:
            raise ValidationError(f"Ask {MOST} questions at most; raters came to look at images.")
        return tuple(found)

    def _read(self, line: str, number: int, taken: set[str]) -> Question:
        text, *options = (part.strip() for part in line.split("|"))
        options = [option for option in options if option]
        if not text or len(text) > LONGEST:
            raise ValidationError(f"Question {number} needs 1 to {LONGEST} characters.")
        kind = _KINDS.get(options[0]) if len(options) == 1 else None
        if kind is None and not 2 <= len(options) <= MOST_OPTIONS:
            raise ValidationError(
                f"Question {number}, “{text}”, needs 2 to {MOST_OPTIONS} answers behind it, each "
                "after a “|”; or (number), or (text)."
            )
        if len(set(options)) < len(options) or any(len(one) > LONGEST for one in options):
            raise ValidationError(f"Question {number}, “{text}”, has an answer twice, or too long.")
        return Question(
            key=self._key(text, taken),
            text=text,
            kind=kind or "choice",
            options=() if kind else tuple(options),
        )

    def _key(self, text: str, taken: set[str]) -> str:
        """A column's name in the tables of results: the same as before for the same words."""
        known = next((one.key for one in self.before if one.text == text), "")
        base = known or slugify(text)[:30].strip("-").replace("-", "_") or "question"
        key, again = base, 2
        while key in taken:
            key, again = f"{base}_{again}", again + 1
        return key


def _question(told: Any) -> Question:
    if isinstance(told, Question):
        return told
    return Question(**{**told, "options": tuple(told["options"])})
