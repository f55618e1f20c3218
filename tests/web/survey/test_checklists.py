"""The checklists hold the study's own numbers: exactly these, item by item."""

from __future__ import annotations

from itertools import cycle

import pytest

from survey import services
from survey.models import Invitation, Study
from survey.plan import Plan
from survey.report.checklists import OPEN, filled
from survey.report.facts import Facts, facts_of
from survey.services import plannings
from tests.web.survey.closing import analysed, closed_from, frozen_as_it_is, matrix
from tests.web.survey.makers import (
    enter,
    finish,
    judged_pairs,
    make_draft,
    make_open,
    payload,
    send,
)

pytestmark = pytest.mark.django_db

CHERRIES = "CHERRIES (surveys on the web)"
GRRAS = "GRRAS (reliability and agreement)"
STARD = "STARD 2015 and CLAIM 2024 (where they apply)"


def told(facts: Facts, checklist: str, topic: str) -> str:
    (item,) = (one for one in filled(facts)[checklist] if one.topic == topic)
    return item.told


def facts_with_figures(study: Study) -> Facts:
    return facts_of(study=study, document=analysed(study).figures)


@pytest.fixture
def paper() -> Study:
    return closed_from(matrix("some"), name="The paper")


def test_links_made_and_used_are_counted() -> None:
    study = make_open()
    kinds = Invitation.Kind
    services.invitation_create(study=study, by=study.owner, kind=kinds.PERSONAL, count=3)
    services.invitation_create(study=study, by=study.owner, kind=kinds.OPEN, quota=10)
    client, _ = enter(study)  # by a personal link of its own
    finish(client, study)
    enter(study)
    services.study_close(study=study, by=study.owner)
    said = told(facts_of(study=study), CHERRIES, "View, participation and completion rates")
    assert said == (
        "2 consented, 1 finished (50%), 0 withdrew. Of 5 personal links 2 were used (40%). Open "
        "links offered 10 places, of which 0 were taken; how many people saw them is not known."
    )


def test_unfinished_raters_are_counted_where_they_were_left_out() -> None:
    study = make_open()
    for rater in range(3):
        client, _ = enter(study)
        if rater:
            finish(client, study)
    services.study_close(study=study, by=study.owner)
    facts = facts_with_figures(study)
    assert told(facts, STARD, "Missing answers") == (
        "Raters who did not come to the end were left out, as planned: 1 of 3. 16 answers, none "
        "missing."
    )
    assert " 2 were analysed. Planned beforehand was" in told(facts, STARD, "Flow of readers")


def test_unfinished_raters_count_where_the_plan_leaves_them_in() -> None:
    study = make_open(plan=Plan(leave_out_unfinished=False))
    decisions = cycle(["real", "artificial", "artificial", "real", "real"])
    for rater in range(3):
        client, session = enter(study)
        shown = session.presentations.order_by("position")
        for one in shown if rater else shown[:6]:
            said = payload(one.token, decision=next(decisions))
            assert send(client, study, said).status_code == 200
    services.study_close(study=study, by=study.owner)
    figures = analysed(study).figures
    facts = facts_of(study=study, document=figures)
    assert " 3 were analysed." in told(facts, STARD, "Flow of readers")
    assert figures["primary"]["method"] == "double bootstrap"


def test_the_cross_table_and_accuracy_are_the_paper_s(paper: Study) -> None:
    facts = facts_with_figures(paper)
    assert told(facts, STARD, "Reference standard against test, cross-table") == (
        "Of 320 judgements of artificial images 160 said artificial and 160 real; of 240 of real "
        "images 40 said artificial and 200 real."
    )
    accuracy = told(facts, STARD, "Accuracy with its precision")
    primary = paper.analyses.get().figures["primary"]
    ends = "{:.1f} to {:.1f} %".format(*(100 * end for end in primary["interval95"].values()))
    assert accuracy.startswith(f"Balanced accuracy 66.7 % (95 % interval {ends}, 90 % ")
    assert "sensitivity, artificial images called artificial, 50.0 % (" in accuracy
    assert "false alarms, real ones called artificial, 16.7 % (" in accuracy
    assert told(facts, STARD, "What is concluded by the rule set beforehand") == primary["sentence"]
    assert told(facts, GRRAS, "Numbers judged") == (
        "20 raters; 16 artificial, 12 real. 560 answers, none missing."
    )


def test_agreement_comes_with_its_intervals(paper: Study) -> None:
    facts = facts_with_figures(paper)
    said = told(facts, GRRAS, "Estimates with their uncertainty")
    found = paper.analyses.get().figures["figures"]["agreement"]["all"]
    raw = found["intervals"]["raw"]
    assert said.startswith(
        f"All images: raw {100 * found['raw']:.1f} % ({100 * raw['low']:.1f} to "
        f"{100 * raw['high']:.1f} %), Fleiss' kappa {found['fleiss']:.2f} ("
    )
    assert "; artificial: raw " in said
    assert "; real: raw " in said
    assert told(facts, STARD, "Agreement of readers with its precision") == said


def test_the_images_that_most_were_wrong_about_are_named(paper: Study) -> None:
    facts = facts_with_figures(paper)
    images = paper.analyses.get().figures["figures"]["images"]
    first = min(images, key=lambda one: (-one["part_wrong"], one["image"]))
    said = told(facts, STARD, "Failures: images most readers were wrong about")
    assert said.startswith(
        f"Most were wrong about image {first['image']} ({first['truth']}, "
        f"{100 * first['part_wrong']:.0f} % wrong), image "
    )
    assert said.count("image ") == 3


def test_the_planner_s_answer_is_the_sample_size_s_reason() -> None:
    study = make_draft()
    question = {
        "raters": 4, "artificial": 4, "real": 4, "d_prime": 1.0, "criterion": 0.5,
        "sd_image": 0.8, "sd_rater_bias": 0.5, "sd_rater_sensitivity": 0.4, "margin": 0.05,
    }  # fmt: skip
    planning = services.planning_start(question=question, by=study.owner, study=study, runs=30)
    plannings.planning_work(planning_id=planning.pk, own_thread=False)
    planning.refresh_from_db()
    services.planning_take(planning=planning, study=study, by=study.owner)
    services.study_open(study=study, by=study.owner)
    frozen_as_it_is(study)
    for _ in range(2):
        client, _ = enter(study)
        finish(client, study)
    services.study_close(study=study, by=study.owner)
    said = told(facts_with_figures(study), GRRAS, "How many raters and images, and why")
    assert said.startswith(
        "Planned before the opening: 4 raters, 4 artificial and 4 real images, by simulation (30 "
        "studies; d-prime 1, SD of images 0.8, of raters' sensitivity 0.4): "
    )
    assert planning.answer["statements"][0] in said
    assert said.endswith("Analysed were 2 raters; 4 artificial, 4 real. 16 answers, none missing.")


def test_without_a_plan_or_figures_the_items_stay_the_authors(paper: Study) -> None:
    facts = facts_of(study=paper)
    assert told(facts, GRRAS, "How many raters and images, and why") == OPEN
    for topic in (
        "Reference standard against test, cross-table",
        "Accuracy with its precision",
        "Agreement of readers with its precision",
        "Failures: images most readers were wrong about",
    ):
        assert told(facts, STARD, topic) == OPEN


def test_pairs_have_numbers_of_pairs() -> None:
    study = judged_pairs(raters=3)
    services.study_close(study=study, by=study.owner)
    facts = facts_with_figures(study)
    right = sum(one["right"] for one in study.analyses.get().figures["pairs"]["raters"])
    assert told(facts, STARD, "Reference standard against test, cross-table") == (
        f"Of 12 judgements of pairs {right} picked the artificial image and {12 - right} the real "
        "one."
    )
    assert told(facts, STARD, "Accuracy with its precision").startswith("Pairs judged rightly: ")
    assert told(facts, STARD, "Agreement of readers with its precision") == OPEN
