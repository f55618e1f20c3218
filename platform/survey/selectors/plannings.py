"""Questions to the planner and how their answers are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from survey.checks import answer_does_not_hold, counted, is_of_pairs
from survey.figures.planned import planned_drawing, search_drawing
from survey.models import Planning, State, Study
from survey.plan import Plan
from survey.protocol import PAIRS, Settings

SHOWN = 10
WORDS = {
    "distinguishable": "Distinguishable",
    "hyper_real": "Hyper-real: artificial ones seem the more real",
    "equivalent": "Equivalent: within the margin of chance",
    "inconclusive": "Inconclusive",
    "undefined": "None: nothing varied",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A figure in both simulations: {"value", "se"}, parts of 1; None where there is none."""

    what: str
    as_expected: dict[str, float] | None
    at_chance: dict[str, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A design that was tried, and how often it reached the goal: {"value", "se"}."""

    raters: int
    artificial: int
    real: int
    images_per_rater: int | None = None
    pairs: bool = False
    power: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """How many raters or images are needed; `sentence` says it."""

    sentence: str
    trials: list[Trial]
    drawing: Any  # of the trials; None where none was made


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    statements: list[str]
    verdicts: list[Row]
    intervals: list[Row]
    accuracy: float  # as expected: balanced, or the part of pairs judged rightly
    of_pairs: bool
    runs: int
    drawing: Any  # of the figures


def plannings_visible(*, user: User) -> QuerySet[Planning]:
    """A person's own, and those of the studies that they may change."""
    found = Planning.objects.select_related("study", "study__owner", "by")
    if user.is_superuser:
        return found
    return found.filter(Q(by=user) | Q(study__owner=user))


def plannings_of(*, user: User, study: Study | None) -> list[Planning]:
    """The latest, for the list under the form."""
    found = plannings_visible(user=user)
    found = found.filter(by=user) if study is None else found.filter(study=study)
    return list(found.order_by("-pk")[:SHOWN])


def answer_of(planning: Planning) -> Answer | None:
    """What a design concludes; None where there is no answer, or no design was found."""
    found = planning.answer
    if "statements" not in found:
        return None

    def row(name: str, what: str) -> Row:
        hoped, chance = found["as_expected"][name], found["at_chance"][name]
        return Row(what=what, as_expected=hoped, at_chance=chance)

    verdicts = [row(name, what) for name, what in WORDS.items()]
    return Answer(
        statements=found["statements"],
        verdicts=[one for one in verdicts if _happens(one) or one.what != WORDS["undefined"]],
        intervals=[
            row("half_width95", "95 % interval, to either side"),
            row("half_width90", "90 % interval, to either side"),
            row("coverage95", "95 % intervals that hold the true value"),
        ],
        accuracy=found["as_expected"]["accuracy"],
        of_pairs=is_of_pairs(found["design"]),
        runs=found["runs"],
        drawing=planned_drawing(found),
    )


def search_of(planning: Planning) -> Search | None:
    """What was looked for, and what was found; None where nothing was looked for."""
    found = planning.answer.get("search")
    if not found:
        return None
    trials = [Trial(**one["design"], power=one["power"]) for one in found["trials"]]
    trials.sort(key=lambda one: (one.raters, one.artificial + one.real))
    goal = "“equivalent”" if found["goal"] == "equivalent" else "“distinguishable”"
    times = f"{100 * found['target']:.0f} of a hundred such studies"
    if found["found"] is None:
        sentence = f"No design was found that concludes {goal} in {times}. {found['reason']}"
    else:
        best = found["found"]
        shown = (
            f"and {best['artificial']} pairs"
            if is_of_pairs(best)
            else f"{best['artificial']} artificial and {best['real']} real images"
        )
        joined = " " if is_of_pairs(best) else ", "
        sentence = (
            f"{best['raters']} raters{joined}{shown} are the smallest design tried that concludes "
            f"{goal} in {times}."
        )
    return Search(
        sentence=sentence, trials=trials, drawing=search_drawing(found) if trials else None
    )


def question_for(study: Study, *, real: int, artificial: int) -> dict[str, Any]:
    """What of the question a draft answers itself; nothing where it has too few images."""
    found: dict[str, Any] = {"margin": Plan.of(study).margin}
    if min(real, artificial) >= 2:
        found |= {"real": real, "artificial": artificial}
    settings = Settings.of(study)
    each, shown = settings.images_per_rater, real + artificial
    if settings.task == PAIRS:
        found["task"], shown = PAIRS, artificial
    if each and 2 <= each < shown:
        found["images_per_rater"] = each
    return found


def why_it_does_not_hold(study: Study | None, design: dict[str, Any] | None) -> str:
    """Why the answer for `design` does not hold for this draft; "" where it does, or is none."""
    if study is None or study.state != State.DRAFT or not design:
        return ""
    checks = counted(study=study)
    images = checks.real + checks.artificial
    return answer_does_not_hold(Settings.of(study), images=images, design=design)


def may_take(planning: Planning, *, user: User) -> bool:
    study = planning.study
    return bool(
        study
        and planning.state == Planning.State.DONE
        and "statements" in planning.answer
        and study.state == State.DRAFT
        and study.may_be_changed_by(user)
        and not why_it_does_not_hold(study, planning.answer["design"])
    )


def is_taken(planning: Planning) -> bool:
    """Whether the study's plan holds this question and this answer."""
    held = (planning.study.plan.get("expected") if planning.study else None) or {}
    return bool(planning.answer) and held == {
        "question": planning.question,
        "answer": planning.answer,
    }


def _happens(row: Row) -> bool:
    return any(one is not None and one["value"] > 0 for one in (row.as_expected, row.at_chance))
