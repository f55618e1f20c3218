"""The analysis of a closed study: begun when it closes, done by a worker, kept as one document."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import asdict
from typing import Any

from django.db import transaction

from accounts.models import User
from core.audit import noted
from survey.errors import StudyRefused
from survey.export.tables import csv_text
from survey.figures.of_study import answers_in, drawings_of
from survey.frozen import promise_require
from survey.models import Analysis, State, Study, Use
from survey.plan import Plan
from survey.protocol import Settings
from survey.selectors.results import CLOSED_UNTIL_THE_END
from survey.services.bundles import bundle_start
from survey.services.jobs import Jobs
from survey.services.working import Watch, work_on

TASK = "survey.tasks.analysis_execute"
JOBS = Jobs(Analysis, TASK)


def analysis_start(*, study: Study, by: User | None) -> Analysis:
    """Queue the analysis of a closed study; one that is on its way already is given back."""
    if study.state != State.CLOSED:
        raise StudyRefused(CLOSED_UNTIL_THE_END)
    if study.use != Use.STUDY:
        raise StudyRefused("The game is no study; nothing of it is analysed.")
    with transaction.atomic():
        locked = Study.objects.select_for_update().get(pk=study.pk)
        waiting: Analysis | None = locked.analyses.filter(state__in=Analysis.ACTIVE).first()
        if waiting is not None:
            return waiting
        analysis: Analysis = Analysis.objects.create(study=locked, by=by)
        JOBS.queue(analysis)
    return analysis


def analysis_stop(*, analysis: Analysis, by: User) -> None:
    if JOBS.stop(analysis):
        noted(actor=by, action="study.analysis-stopped", subject=analysis.study)


def analysis_work(
    *, analysis_id: int, stopping: threading.Event | None = None, own_thread: bool = True
) -> None:
    """Compute a queued analysis; called by a worker."""
    work_on(JOBS, analysis_id, _analysed, stopping=stopping, own_thread=own_thread)
    done = Analysis.objects.filter(pk=analysis_id, state=Analysis.State.DONE).first()
    if done is not None:
        bundle_start(analysis=done)


def _analysed(analysis: Analysis, watch: Watch[Analysis]) -> dict[str, Any]:
    # Loaded by workers only: the web is up before SciPy is.
    from survey.statistics.analysing import analysed

    study = analysis.study
    promise_require(study=study)
    table = csv_text(study=study, table="answers")
    document = analysed(
        table,
        options_json(study),
        task=Settings.of(study).task,
        report=watch.report,
        should_stop=watch.should_stop,
    )
    width_px, height_px = size_of(study)
    drawings = drawings_of(document, answers_in(table), width_px=width_px, height_px=height_px)
    return {
        "figures": document,
        "drawings": {name: asdict(drawing) for name, drawing in drawings.items()},
        "answers_sha256": hashlib.sha256(table.encode()).hexdigest(),
    }


def size_of(study: Study) -> tuple[int, int]:
    """Width and height of the images as raters got them, px."""
    sizes = study.stimuli.filter(width_px__isnull=False).values_list("width_px", "height_px")
    width_px, height_px = sizes.first() or (1, 1)
    return width_px or 1, height_px or 1


def options_json(study: Study) -> dict[str, Any]:
    """The options of the analysis, as the plan of the study has them: all fixed at the opening."""
    plan, asked = Plan.of(study), Settings.of(study).expertise_question
    return {
        "expertise_question": asked.text if asked else "",
        "margin": list(plan.ends),
        "rules": {
            "failed_attention": plan.failed_attention,
            "fastest_ms": plan.fastest_ms,
            "leave_out_constant": plan.leave_out_constant,
            "leave_out_could_know": plan.leave_out_could_know,
            "leave_out_seen": plan.leave_out_seen,
        },
        "seed": study.seed % 2**32,
    }
