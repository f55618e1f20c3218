"""A study of pairs asks the planner for pairs, and its answer is frozen with the plan."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from survey import services
from survey.checks import opening_checks
from survey.errors import StudyRefused
from survey.forms.planner import PAPER
from survey.models import Planning, Study
from survey.plan import Plan
from survey.protocol import Settings, settings_json
from survey.report.preregistration import preregistration
from survey.selectors.plannings import search_of
from survey.services import jobs, plannings
from survey.statistics.simulation import Design
from tests.web.survey.makers import draft_of_pairs, make_draft

pytestmark = pytest.mark.django_db

PAIRS = PAPER | {"task": "pairs", "raters": 6, "artificial": 4, "real": 4}


@pytest.fixture(autouse=True)
def _unsent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "send", lambda *_, **__: True)


def signed_in(study: Study) -> Client:
    client = Client()
    client.force_login(study.owner)
    return client


def answered(study: Study, **fields: Any) -> Planning:
    """Ask by the form, as people do, and answer as a worker does."""
    sent = PAIRS | fields | {"study": study.pk}
    got = signed_in(study).post(reverse("survey:planner-start"), sent)
    assert got.status_code == 302, got.content.decode()
    planning = Planning.objects.latest("pk")
    planning.question |= {"runs": 60}
    planning.save()
    plannings.planning_work(planning_id=planning.pk, own_thread=False)
    planning.refresh_from_db()
    assert planning.state == Planning.State.DONE, planning.problem
    return planning


def page_of(planning: Planning, study: Study) -> str:
    got = signed_in(study).get(reverse("survey:planning", args=[planning.pk]))
    return got.content.decode()


def test_a_study_of_pairs_is_asked_as_one_and_the_answer_is_frozen_with_it() -> None:
    study = draft_of_pairs()
    form = signed_in(study).get(reverse("survey:planner"), {"study": study.pk}).content.decode()
    assert '<option value="pairs" selected>' in form
    planning = answered(study)
    assert planning.answer["design"]["pairs"] is True
    assert not {"criterion", "sd_rater_bias"} & set(planning.question)
    page = page_of(planning, study)
    assert "4 pairs of an artificial and a real image, expected" in page
    assert "This design cannot conclude equivalence" in page
    assert "Interval of the part of pairs judged rightly" in page
    assert "intervals are clustered by raters and by pairs" in page
    assert "balanced accuracy" not in page
    assert "criterion" not in page
    drawn = signed_in(study).get(reverse("survey:planning-drawing", args=[planning.pk, "csv"]))
    assert drawn.content.decode().splitlines()[0].startswith("what,right,low95,")
    taken = signed_in(study).post(reverse("survey:planning-take", args=[planning.pk]))
    assert taken.status_code == 302
    study.refresh_from_db()
    assert not any("planner" in one for one in opening_checks(study=study).warnings)
    told = preregistration(study=study)
    assert "6 raters, 4 pairs of an artificial and a real image, by simulation (60 studies" in told
    services.study_open(study=study, by=study.owner)
    frozen = study.protocols.get().document["plan"]["expected"]
    assert frozen == {"question": planning.question, "answer": planning.answer}


def test_an_answer_for_pairs_is_none_for_single_images_nor_for_another_part() -> None:
    study = draft_of_pairs()
    planning = answered(study)
    services.planning_take(planning=planning, study=study, by=study.owner)
    study.refresh_from_db()
    for chosen, said in (
        (Settings(), "for studies that show pairs, and this study shows single images"),
        (Settings(task="pairs", images_per_rater=3), "judge all 4 pairs; in this study each"),
    ):
        study.settings = settings_json(chosen)
        study.save()
        assert any(said in one for one in opening_checks(study=study).warnings)
        with pytest.raises(StudyRefused, match=said):
            services.planning_take(planning=planning, study=study, by=study.owner)
        assert said in page_of(planning, study)
    assert Plan.of(study).expected


def test_a_part_of_the_pairs_for_each_rater_is_simulated_and_taken() -> None:
    study = draft_of_pairs(6, images_per_rater=4)
    form = signed_in(study).get(reverse("survey:planner"), {"study": study.pk}).content.decode()
    assert 'name="images_per_rater" value="4"' in form
    planning = answered(study, artificial=6, real=6, images_per_rater=4)
    assert "of which each rater judges 4" in page_of(planning, study)
    services.planning_take(planning=planning, study=study, by=study.owner)
    assert not any("planner" in one for one in opening_checks(study=study).warnings)
    assert "pairs of an artificial and a real image, 4 for each rater" in preregistration(
        study=study
    )


def test_pairs_are_dealt_to_simulated_raters_as_to_real_ones() -> None:
    """10 raters of 6 pairs, 4 each: the first 6 are a block, in which each pair is judged by 4."""
    design = Design(raters=10, artificial=6, real=6, images_per_rater=4, pairs=True)
    judged = plannings._dealt(design, 7)
    assert judged.shape == (10, 6)
    assert judged.sum(axis=1).tolist() == [4] * 10
    assert judged[:6].sum(axis=0).tolist() == [4] * 6
    assert np.array_equal(judged, plannings._dealt(design, 7 + plannings.DEALS))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"real": 5}, "Pairs take as many real as artificial images."),
        ({"images_per_rater": 5}, "The study has 4 pairs."),
        ({"images_per_rater": 3, "vary": "raters"}, "with raters who judge all pairs"),
        ({"task": "triplets"}, "triplets is not one of the available choices"),
    ],
)
def test_pairs_that_cannot_be_are_refused_with_what_to_do(data: dict[str, Any], said: str) -> None:
    study = make_draft()
    got = signed_in(study).post(reverse("survey:planner-start"), PAIRS | data)
    assert got.status_code == 422
    assert said in got.content.decode()


def test_how_many_pairs_are_needed_is_looked_for_and_shown() -> None:
    study = draft_of_pairs()
    planning = answered(study, vary="images", goal="distinguishable", target=80)
    search = search_of(planning)
    assert search is not None
    best = planning.answer["search"]["found"]
    assert search.sentence == (
        f"6 raters and {best['artificial']} pairs are the smallest design tried that concludes "
        "“distinguishable” in 80 of a hundred such studies."
    )
    assert planning.answer["design"] == best
    page = page_of(planning, study)
    assert search.sentence in page
    assert '<th scope="col" class="number">Pairs</th>' in page
    drawn = signed_in(study).get(reverse("survey:planning-search", args=[planning.pk, "csv"]))
    assert drawn.content.decode().startswith("pairs,power,")


def test_pairs_in_parts_take_no_bootstrap_and_so_all_the_studies() -> None:
    study = draft_of_pairs(6)
    sent = PAIRS | {"artificial": 6, "real": 6, "images_per_rater": 4, "study": study.pk}
    signed_in(study).post(reverse("survey:planner-start"), sent)
    assert Planning.objects.get().question["runs"] == plannings.RUNS
