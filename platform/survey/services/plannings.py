"""The planner: a question about a design, answered by a worker's simulation.

The answer can be taken into the plan of a draft; the opening freezes it with the rest.
"""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db import transaction

from accounts.models import User
from core.audit import noted
from survey.blocks import incomplete
from survey.checks import answer_does_not_hold, counted
from survey.errors import StudyRefused
from survey.models import Planning, Study
from survey.plan import Plan, ends_of
from survey.protocol import PAIRS, Settings
from survey.services.jobs import Jobs
from survey.services.studies import require_draft
from survey.services.working import Watch, work_on

if TYPE_CHECKING:
    from survey.statistics.arrays import Bools
    from survey.statistics.simulation import Design

TASK = "survey.tasks.planning_execute"
JOBS = Jobs(Planning, TASK)
SEED = 1  # one for all: the same question has the same answer
RUNS = 2000
# Where each rater judges a part of the images: a bootstrap for each study takes 1,000 times longer.
# Pairs have no need of one.
RUNS_OF_PARTS = 400
DEALS = 20  # of images to raters; studies take them in turn
KEPT = 100  # questions of a person about a study; what was taken into a plan stands there


def planning_start(
    *, question: dict[str, Any], by: User, study: Study | None = None, runs: int | None = None
) -> Planning:
    """Queue a question; the caller has checked that `by` may change the study.

    Without `runs` there are as many as take a few minutes at most.
    """
    of_parts = question.get("images_per_rater") and question.get("task") != PAIRS
    runs = runs or (RUNS_OF_PARTS if of_parts else RUNS)
    if study is not None:
        require_draft(study)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=by.pk)  # of two clicks, one is first
        if Planning.objects.filter(by=by, state__in=Planning.ACTIVE).exists():
            raise StudyRefused("You have a question on its way already; wait for it, or stop it.")
        planning: Planning = Planning.objects.create(
            study=study, by=by, question={**question, "runs": runs, "seed": SEED}
        )
        JOBS.keep_newest(KEPT, by=by, study=study)
        JOBS.queue(planning)
    return planning


def planning_stop(*, planning: Planning) -> None:
    JOBS.stop(planning)


def planning_work(
    *, planning_id: int, stopping: threading.Event | None = None, own_thread: bool = True
) -> None:
    """Answer a queued question; called by a worker."""
    work_on(JOBS, planning_id, _answered, stopping=stopping, own_thread=own_thread)


def planning_take(*, planning: Planning, study: Study, by: User) -> None:
    """Make question and answer part of a draft's plan. Raises StudyRefused."""
    if planning.state != Planning.State.DONE:
        raise StudyRefused("There is no answer yet that could be taken.")
    if "statements" not in planning.answer:
        raise StudyRefused("No design was found that reaches it, so there is nothing to take.")
    if planning.study_id != study.pk:
        raise StudyRefused("This was asked for another study.")
    with transaction.atomic():
        locked = Study.objects.select_for_update().get(pk=study.pk)
        require_draft(locked)
        checks = counted(study=locked)
        why = answer_does_not_hold(
            Settings.of(locked),
            images=checks.real + checks.artificial,
            design=planning.answer["design"],
        )
        if why:
            raise StudyRefused(why)
        if abs(Plan.of(locked).margin - planning.question["margin"]) > 1e-9:
            raise StudyRefused(
                f"The study's margin is {Plan.of(locked).margin:g}, the question's "
                f"{planning.question['margin']:g}. Ask again with the study's, or change that."
            )
        locked.plan = {
            **locked.plan,
            "expected": {"question": planning.question, "answer": planning.answer},
        }
        locked.save(update_fields=["plan"])
        noted(actor=by, action="study.expectation-taken", subject=locked, planning=planning.pk)
    study.refresh_from_db()


def _answered(planning: Planning, watch: Watch[Planning]) -> dict[str, Any]:
    # Loaded by workers only: the web is up before SciPy is.
    from survey.statistics.planner import plan
    from survey.statistics.planner_search import needed
    from survey.statistics.portable import to_json
    from survey.statistics.simulation import Design, Population
    from survey.statistics.threads import one_thread

    asked = planning.question
    design = Design(
        **{name: asked[name] for name in ("raters", "artificial", "real")},
        images_per_rater=asked.get("images_per_rater"),  # not in questions of earlier versions
        pairs=asked.get("task") == PAIRS,
    )
    population = Population(
        d_prime=asked["d_prime"],
        criterion=asked.get("criterion", 0.0),  # pairs have none
        sd_image=asked["sd_image"],
        sd_rater_bias=asked.get("sd_rater_bias", 0.0),
        sd_rater_sensitivity=asked["sd_rater_sensitivity"],
    )
    answer: dict[str, Any] = {}
    with one_thread():
        if asked.get("vary"):
            search = needed(
                design,
                population,
                vary=asked["vary"],
                goal=asked["goal"],
                target=asked["target"] / 100,
                margin=ends_of(asked["margin"]),
                runs=asked["runs"],
                seed=asked["seed"],
                progress=lambda done, total: watch.report(done, total, "Designs tried, at most"),
                stop=watch.should_stop,
            )
            answer["search"] = to_json(search)
            if search.found is None:
                return {"answer": answer}
            design = search.found
        found = plan(
            design,
            population,
            margin=ends_of(asked["margin"]),
            runs=asked["runs"],
            # Not the search's: its last design was chosen because it did well with that seed.
            seed=asked["seed"] + bool(asked.get("vary")),
            dealt=_dealt,
            progress=lambda done, total: watch.report(done, total, "Simulated studies"),
            stop=watch.should_stop,
        )
    return {"answer": found.as_json() | answer}


def _dealt(design: Design, number: int) -> Bools:
    """Which images each rater of simulated study `number` gets: as those of a real study do."""
    return _deal(design, number % DEALS)


@lru_cache(maxsize=DEALS)
def _deal(design: Design, block: int) -> Bools:
    import numpy as np

    # Of pairs, half have the artificial image on the left.
    kinds = (
        [2 * place < design.shown for place in range(design.shown)]
        if design.pairs
        else design.truth.tolist()
    )
    groups = tuple((kind, "") for kind in kinds)
    size = design.images_per_rater or design.shown
    judged = np.zeros((design.raters, design.shown), dtype=bool)
    for rater in range(design.raters):
        # Of more raters than images the others begin a block of their own.
        more, row = divmod(rater, design.shown)
        judged[rater, list(incomplete(groups, size, SEED, block + DEALS * more)[row])] = True
    judged.flags.writeable = False  # studies share it
    return judged
