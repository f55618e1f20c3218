"""Questions put to raters before the first image and after the last; every answer is optional."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from survey.protocol import Question, Settings

LONGEST_TEXT, LONGEST_REMARK, LARGEST = 500, 2000, 1_000_000
SHARE, REMARK = "share", "remark"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what was filled in, and what is wrong with it."""

    question: Question
    value: str = ""
    problem: str = ""
    most: int = LARGEST
    longest: int = LONGEST_TEXT

    @property
    def name(self) -> str:
        """Of the field; a question's key may be any word."""
        return f"q-{self.question.key}"

    @property
    def answer(self) -> str | float:
        return float(self.value) if self.question.kind == "number" else self.value


def background_questions(settings: Settings) -> list[Asked]:
    return [Asked(question) for question in settings.questions]


def closing_questions(settings: Settings) -> list[Asked]:
    share = Question(
        key=SHARE, text="How many of 100 such images were artificial, do you think?", kind="number"
    )
    remark = Question(key=REMARK, text="Is there anything you want to tell us?", kind="text")
    shares = [Asked(share, most=100)] if settings.ask_share else []
    return [*shares, Asked(remark, longest=LONGEST_REMARK)]


def filled(asked: Iterable[Asked], form: Mapping[str, Any]) -> list[Asked]:
    """The questions with the form's values, each checked."""
    return [_filled(one, str(form.get(one.name, "")).strip().replace("\0", "")) for one in asked]


def answers_in(asked: Iterable[Asked]) -> dict[str, str | float]:
    return {one.question.key: one.answer for one in asked if one.value}


def _filled(one: Asked, value: str) -> Asked:
    if one.question.kind == "number":
        value = value.replace(",", ".").removesuffix("%").strip()
    problem = _problem(one, value) if value else ""
    return Asked(one.question, value[: one.longest], problem, one.most, one.longest)


def _problem(one: Asked, value: str) -> str:
    if one.question.kind == "choice":
        return "" if value in one.question.options else "Choose one of the answers, or none."
    if one.question.kind == "text":
        return "" if len(value) <= one.longest else f"Write at most {one.longest} characters."
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not 0 <= number <= one.most:
        return f"Write a number from 0 to {one.most}, or leave it empty."
    return ""
