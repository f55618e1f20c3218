"""Threat 15: what is analysed is what was promised at the opening."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from survey.models import Analysis, Protocol, Study
from survey.services.analyses import analysis_work
from tests.web.survey.closing import analysed, closed_from

pytestmark = pytest.mark.django_db


def closed() -> Study:
    row = [True] * 3 + [False] * 3
    return closed_from([row, [*row[1:], True], row], artificial=3)


def margin(study: Study) -> None:
    Study.objects.filter(pk=study.pk).update(plan={**study.plan, "margin": 0.2})


def rule(study: Study) -> None:
    Study.objects.filter(pk=study.pk).update(plan={**study.plan, "leave_out_could_know": False})


def task(study: Study) -> None:
    Study.objects.filter(pk=study.pk).update(settings={**study.settings, "task": "pairs"})


def seed(study: Study) -> None:
    Study.objects.filter(pk=study.pk).update(seed=study.seed + 1)


def truth(study: Study) -> None:
    one = study.stimuli.get(number=1)
    one.truth = "artificial" if one.truth == "real" else "real"
    one.save()


def arm(study: Study) -> None:
    study.stimuli.filter(number=2).update(arm="another generator")


def file(study: Study) -> None:
    study.stimuli.filter(number=1).update(served=study.stimuli.get(number=2).served)


def promise(study: Study) -> None:
    frozen = study.protocols.get()
    document = {**frozen.document, "plan": {**frozen.document["plan"], "margin": 0.2}}
    Protocol.objects.filter(pk=frozen.pk).update(document=document)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (margin, "margin of the plan"),
        (rule, "leave_out_could_know of the plan"),
        (task, "task of the settings"),
        (seed, "the seed"),
        (truth, "truth of image 1"),
        (arm, "arm of image 2"),
        (file, "served_sha256 of image 1"),
        (promise, "does not fit its published commitment"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_threat_15_a_study_that_was_changed_after_its_opening_is_not_analysed(
    change: Callable[[Study], None], told: str
) -> None:
    study = closed()
    change(study)
    queued = study.analyses.get(state=Analysis.State.QUEUED)
    analysis_work(analysis_id=queued.pk, own_thread=False)
    queued.refresh_from_db()
    assert queued.state == Analysis.State.FAILED
    assert told in queued.problem
    assert queued.figures == {}


def test_threat_15_a_study_as_it_was_promised_is_analysed() -> None:
    study = closed()
    # Frozen by an older program, which knew less.
    assert study.plan.pop("leave_out_seen") is False
    study.save()
    frozen = study.protocols.get()
    assert "leave_out_seen" in frozen.document["plan"]
    assert analysed(study).figures
