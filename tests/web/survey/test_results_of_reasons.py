"""Reasons that raters wrote, summed up on the page, in the report and in the data."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.test import Client
from django.urls import reverse

from survey import services
from survey.models import Judgement
from survey.report.making import drawings_in, report_of
from tests.web.survey.closing import analysed
from tests.web.survey.everything import closed_with_everything
from tests.web.survey.makers import judged_pairs

pytestmark = pytest.mark.django_db


def test_reasons_are_summed_up_by_truth_on_page_report_and_data() -> None:
    study = closed_with_everything()
    analysis = analysed(study)
    counted = analysis.figures["figures"]["reasons"]
    said = Judgement.objects.filter(
        presentation__session__study=study,
        presentation__session__saw_images_possible=False,  # left out as planned
        presentation__kind="main",
    )
    expected = {
        truth: said.filter(
            presentation__stimulus__truth=truth, reason__istartswith="too smooth"
        ).count()
        for truth in ("artificial", "real")
    }
    smooth = next(one for one in counted["each"] if one["reason"].lower() == "too smooth")
    assert {truth: smooth[truth] for truth in expected} == expected
    # "Edges too even" and "edges too even." are one reason.
    assert [one["reason"].lower() for one in counted["each"]].count("edges too even") == 1

    owner = Client()
    owner.force_login(study.owner)
    page = owner.get(reverse("survey:results", args=[study.pk])).content.decode()
    cell = f"{expected['real']} ({100 * smooth['part_real']:.0f} %)"
    report = report_of(study=study, analysis=analysis)
    (section,) = (one for one in report.sections if one.title == "Reasons")
    assert any(cell in row for row in section.tables[0].rows)
    assert f'<td class="number">{cell}</td>' in page
    data = owner.get(reverse("survey:results-figure", args=[study.pk, "reasons", "csv"]))
    rows = list(csv.DictReader(io.StringIO(data.content.decode())))
    assert sum(int(row["answers"]) for row in rows) == said.exclude(reason="").count()


def test_an_erased_rater_s_words_are_in_no_figure_any_more() -> None:
    study = closed_with_everything()
    session = study.sessions.order_by("number").last()
    assert session is not None
    said = Judgement.objects.filter(presentation__session=session, presentation__kind="main")
    said.update(reason="As I told Anna at lunch")
    assert "Anna" in json.dumps(analysed(study).figures)
    services.session_erase(session=session)
    again = analysed(study)
    assert "Anna" not in json.dumps([again.figures, again.drawings])


def test_without_reasons_there_is_no_such_section() -> None:
    study = closed_with_everything()
    Judgement.objects.update(reason="")
    report = report_of(study=study, analysis=analysed(study))
    assert "Reasons" not in [one.title for one in report.sections]


def test_reasons_of_pairs_are_counted_by_whether_the_answer_was_right() -> None:
    study = judged_pairs(raters=2)
    Judgement.objects.update(reason="grain", regions=[[0, 0, 8, 8]])
    services.study_close(study=study, by=study.owner)
    analysis = analysed(study)
    right = sum(one["right"] for one in analysis.figures["pairs"]["raters"])
    (one,) = analysis.figures["reasons"]["each"]
    assert (one["artificial"], one["artificial"] + one["real"]) == (right, 8)
    assert list(drawings_in(analysis)) == ["pairs", "reasons", "regions"]
    titles = [section.title for section in report_of(study=study, analysis=analysis).sections]
    assert {"Reasons", "Where it looked artificial"} <= set(titles)
