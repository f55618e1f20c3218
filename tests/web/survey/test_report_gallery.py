"""The report shows the hardest images, as the page does; their figure is sorted as it says."""

from __future__ import annotations

import base64
import io
import re

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from survey.models import Study
from survey.report.hardest import HARDEST
from survey.report.making import drawings_in, report_of
from survey.report.pdf import pdf_of
from survey.thumbnails import small_png
from tests.web.survey.closing import analysed, closed_from, matrix

pytestmark = pytest.mark.django_db


@pytest.fixture
def paper() -> Study:
    return closed_from(matrix("some"), name="The paper")


def test_the_html_report_holds_the_hardest_images_and_height_maps_in_their_order(
    paper: Study,
) -> None:
    analysis = analysed(paper)
    wrong = {
        int(one["image"]): round(one["part_wrong"] * one["answers"])
        for one in analysis.figures["figures"]["images"]
    }
    client = Client()
    client.force_login(paper.owner)
    html = client.get(reverse("survey:results-report", args=[paper.pk, "html"])).content.decode()
    shown = re.findall(r"Image (\d+), (artificial|real): (\d+) of 20 raters were wrong", html)
    assert len(shown) == HARDEST
    told = [int(count) for _, _, count in shown]
    assert told == [wrong[int(number)] for number, _, _ in shown]
    assert told == sorted(wrong.values(), reverse=True)[:HARDEST]
    pictures = [
        base64.b64decode(one) for one in re.findall(r'src="data:image/png;base64,([^"]+)"', html)
    ]
    artificial = sum(truth == "artificial" for _, truth, _ in shown)
    assert len(pictures) == HARDEST + artificial
    stimulus = paper.stimuli.select_related("served").get(number=int(shown[0][0]))
    assert stimulus.served is not None
    assert pictures[0] == small_png(stimulus.served.sha256)
    with Image.open(io.BytesIO(pictures[0])) as image:
        assert max(image.size) > 8


def test_the_pdf_grows_by_the_pictures(paper: Study) -> None:
    report = report_of(study=paper, analysis=analysed(paper))
    pdf = pdf_of(report)
    artificial = sum(
        one.height_png is not None for section in report.sections for one in section.images
    )
    assert len(re.findall(rb"/Subtype\s*/Image\b", pdf)) == HARDEST + artificial


def test_the_figure_of_images_begins_with_the_most_difficult_and_says_so(paper: Study) -> None:
    analysis = analysed(paper)
    drawing = drawings_in(analysis)["images"]
    figures = {one["image"]: one for one in analysis.figures["figures"]["images"]}
    parts = [row["part_wrong"] for row in drawing.rows]
    assert parts == sorted(parts, reverse=True)
    assert "the most difficult first" in drawing.svg()
    head, first = drawing.csv().splitlines()[:2]
    assert head == "rank,image,truth,arm,part_wrong,low,high,called_artificial,answers"
    assert first.startswith(f"1,{drawing.rows[0]['image']},")
    for row in drawing.rows:
        one = figures[row["image"]]
        assert row["part_wrong"] == one["part_wrong"]
        assert row["low"] <= row["part_wrong"] <= row["high"]
        if row["truth"] == "real":
            assert row["part_wrong"] == row["called_artificial"]
            assert row["low"] == one["interval"]["low"]
        else:
            assert row["part_wrong"] == pytest.approx(1 - row["called_artificial"])
            assert row["low"] == pytest.approx(1 - one["interval"]["high"])
