"""Sentences of methods, checklists and preregistration hold for the design that the study has."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import groupby
from typing import Any

import pytest
from django.urls import reverse

from survey import services
from survey.models import Protocol, Study
from survey.protocol import PAIRS, Settings, settings_json
from survey.report.checklists import filled
from survey.report.facts import Facts, facts_of
from survey.report.making import report_of
from survey.report.methods import exclusions_sentence, methods_paragraphs
from survey.report.ordering import order_parts
from survey.report.preregistration import preregistration
from survey.rows import Item, Wanted, rows_of
from tests.web.survey.closing import analysed, closed_from, matrix
from tests.web.survey.makers import enter, make_draft, make_open

pytestmark = pytest.mark.django_db


def items(real: int, artificial: int) -> list[Item]:
    pairs = min(real, artificial)
    return [
        Item(artificial=kind, match=at if at < pairs else None)
        for kind, count in ((False, real), (True, artificial))
        for at in range(count)
    ]


def longest(kinds: list[bool]) -> int:
    return max(len(list(run)) for _, run in groupby(kinds))


@pytest.mark.parametrize(
    ("real", "artificial", "task"),
    [(16, 12, "yes-no"), (40, 10, "yes-no"), (9, 9, PAIRS), (2, 2, PAIRS)],
)
def test_what_is_told_of_whole_orders_is_what_a_block_of_raters_gets(
    real: int, artificial: int, task: str
) -> None:
    told = "; ".join(order_parts(Settings(task=task), real=real, artificial=artificial))
    (block,) = map(int, re.findall(r"block of (\d+) raters", told))
    (run,) = map(int, re.findall(r"at most (\d+) ", told))
    shown = items(real, artificial)
    wanted = Wanted(pairs=task == PAIRS)
    orders = [rows_of(shown, wanted, seed=5, number=number) for number in range(block)]
    for place in range(block):
        assert len({min(o[place].shown, o[place].other or 999) for o in orders}) == block
    longest_seen = max(longest([shown[row.shown].artificial for row in order]) for order in orders)
    assert longest_seen <= run
    if real > 3 * artificial:
        assert longest_seen == run == 4  # "at most three" would be untrue
    if task == PAIRS:
        lefts = [sum(shown[row.shown].artificial for row in order) for order in orders]
        assert {abs(2 * left - block) for left in lefts} <= {0, 1}


def test_incomplete_blocks_promise_no_more_than_they_keep() -> None:
    told = "; ".join(order_parts(Settings(images_per_rater=10), real=16, artificial=12))
    assert "in every block of 28 raters each image is shown to 10 of them" in told
    assert "at most" not in told
    assert "once" not in told
    orders = [
        rows_of(items(16, 12), Wanted(size=10), seed=5, number=number) for number in range(28)
    ]
    for image in range(28):
        assert sum(row.shown == image for order in orders for row in order) == 10


def test_pairs_are_told_of_sides_and_not_of_answers() -> None:
    told = "; ".join(order_parts(Settings(task=PAIRS), real=8, artificial=8))
    assert "answer" not in told
    assert "artificial image is on the left" in told


def test_the_preregistration_tells_the_order_of_its_own_design() -> None:
    study = make_draft(real=16, artificial=12)
    assert "at most 3 of a kind" in preregistration(study=study)
    study.settings = settings_json(Settings(images_per_rater=6))
    text = preregistration(study=study)
    assert "each image is shown to 6 of them" in text
    assert "equally often, at most" not in text


def test_a_study_of_pairs_is_told_of_pairs_where_single_images_are_told_of_images(
    paper: Study,
) -> None:
    chosen = Settings(task=PAIRS, repeats=3, images_per_rater=6, exposure_ms=500)
    draft = make_draft(real=8, artificial=8)
    draft.settings = settings_json(chosen)
    text = preregistration(study=draft)
    facts = replace(facts_of(study=paper), settings=chosen)
    methods = " ".join(methods_paragraphs(facts))
    items = {one.topic: one.told for some in filled(facts).values() for one in some}
    assert "Each rater judges 6 of the pairs. Each pair is shown for 500 ms. 3 pairs come" in text
    assert "Each pair was shown for 500 ms." in methods
    assert "3 pairs came a second time" in methods
    assert "Each rater saw 6 of the pairs." in methods
    assert items["Repeated judgements"] == "3 pairs shown twice to each rater."
    assert items["What was judged, by which method"].startswith("Which of two images")
    assert items["Test and its scale"].startswith("Left or right, and three steps")
    single = {
        one.topic: one.told for some in filled(facts_of(study=paper)).values() for one in some
    }
    assert single["What was judged, by which method"] == "Real or artificial, with confidence."
    assert single["Repeated judgements"] == "No image was repeated."


def test_methods_tell_how_generators_were_compared_where_they_were(paper: Study) -> None:
    one = facts_of(study=paper, document=analysed(paper).figures)
    told = "Generators were compared on the real images that all of them share"
    assert told not in methods_paragraphs(one)[-1]
    two = replace(one, arms=(("cyclegan", 8), ("renderer", 8)))
    assert told in methods_paragraphs(two)[-1]
    incomplete = replace(two, method="double bootstrap")
    assert told not in methods_paragraphs(incomplete)[-1]


@pytest.fixture
def paper() -> Study:
    return closed_from(matrix("some"), name="The paper")


def facts_with(study: Study, *exclusions: dict[str, Any]) -> Facts:
    document = {"design": {"raters": 18}, "exclusions": exclusions, "primary": {}}
    return facts_of(study=study, document=document)


def test_a_plan_that_left_out_nobody_says_so(paper: Study) -> None:
    facts = facts_with(paper)
    told = exclusions_sentence(facts)
    assert told.startswith("Planned beforehand was to leave out raters who could have seen")
    assert told.endswith("This left out nobody.")
    assert told in methods_paragraphs(facts)[-1]
    unplanned = replace(
        facts, plan=replace(facts.plan, leave_out_could_know=False, leave_out_unfinished=False)
    )
    assert exclusions_sentence(unplanned) == "No exclusion was planned and none was made."


def test_who_was_left_out_is_counted_by_its_reason(paper: Study) -> None:
    facts = facts_with(
        paper,
        {"rater": "a", "answers": 28, "whole": True, "why": "could see the images elsewhere"},
        {"rater": "b", "answers": 5, "whole": True, "why": "did not finish"},
        {"rater": "c", "answers": 2, "whole": False, "why": "had seen the image before"},
    )
    told = exclusions_sentence(facts)
    assert "Left out were 2 raters in whole and 2 answers of 1 other rater" in told
    assert "did not finish: 1" in told
    (item,) = (
        item
        for item in filled(facts)["CHERRIES (surveys on the web)"]
        if item.topic == "Questionnaires with odd times"
    )
    assert item.told == told


def test_no_data_bar_is_said_only_where_none_was_let_in(paper: Study) -> None:
    def blinding() -> str:
        lists = filled(facts_of(study=paper)).values()
        return next(i.told for some in lists for i in some if i.topic == "Blinding of readers")

    assert "no data bar" in blinding()
    protocol = paper.protocols.get()
    Protocol.objects.filter(pk=protocol.pk).update(
        document=protocol.document | {"bars_in_doubt": [2, 5]}
    )
    assert "no data bar" not in blinding()
    told = "2 images in which something looks like a data bar or scale bar were let in"
    assert told in blinding()
    assert told in methods_paragraphs(facts_of(study=paper))[0]


def test_the_report_counts_the_raters_that_its_figures_hold(paper: Study) -> None:
    first = paper.sessions.order_by("number").first()
    assert first is not None
    paper.sessions.filter(pk=first.pk).update(saw_images_possible=True)
    report = report_of(study=paper, analysis=analysed(paper))
    assert report.subtitle.startswith("19 raters analysed of 20 who began, 16 artificial and 12")
    methods = next(one for one in report.sections if one.title == "Methods").paragraphs[-1]
    assert "Left out were 1 rater in whole (could see the images elsewhere: 1)." in methods


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        (Settings(), "Raters could zoom."),
        (Settings(zoom=False), "Raters could not zoom."),
        (Settings(exposure_ms=500), "Raters could not zoom."),  # there are no such buttons then
    ],
)
def test_methods_say_that_raters_could_zoom_only_where_they_could(
    chosen: Settings, told: str
) -> None:
    study = make_open(settings=chosen)
    client, _ = enter(study)
    page = client.get(reverse("survey:take", args=[study.code])).content.decode()
    assert ("data-zoom" in page) == (told == "Raters could zoom.")
    services.study_close(study=study, by=study.owner)
    assert told in methods_paragraphs(facts_of(study=study))[1]
