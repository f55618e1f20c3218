"""Page and report show the pairs that most raters were wrong about, both images of each."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from survey import services
from survey.models import Presentation, Study
from survey.report.making import report_of
from survey.report.pdf import pdf_of
from survey.thumbnails import small_png
from tests.web.survey.closing import analysed
from tests.web.survey.makers import draft_of_pairs, enter, finish, payload, plan, send

pytestmark = pytest.mark.django_db

RATERS = 3


@pytest.fixture
def judged() -> Study:
    """In the pair that is matched second all are wrong, in the first one of them, else nobody."""
    study = draft_of_pairs(4)
    services.study_open(study=study, by=study.owner)
    for rater in range(RATERS):
        client, _ = enter(study)

        def said(token: str, rater: int = rater) -> dict[str, Any]:
            shown = Presentation.objects.get(token=token)
            is_wrong = shown.stimulus.match == 2 or (shown.stimulus.match == 1 and rater == 0)
            truth = shown.stimulus.truth
            other = {"real": "artificial", "artificial": "real"}[truth]
            return {"decision": other if is_wrong else truth}

        finish(client, study, said=said)
    services.study_close(study=study, by=study.owner)
    study.refresh_from_db()
    return study


def pair_of(study: Study, match: int) -> tuple[int, int]:
    """Numbers of a pair's artificial and real image."""
    numbers = dict(study.stimuli.filter(match=match).values_list("truth", "number"))
    return numbers["artificial"], numbers["real"]


def as_owner(study: Study) -> Client:
    client = Client()
    client.force_login(study.owner)
    return client


def test_the_page_shows_all_pairs_the_hardest_first(judged: Study) -> None:
    analysed(judged)
    page = as_owner(judged).get(reverse("survey:results", args=[judged.pk])).content.decode()
    assert "3 raters, 4 pairs, 12 answers." in page
    gallery = page[page.index('<ol class="judged pairs">') :]
    assert re.findall(r"(\d) of 3 were wrong", gallery) == ["3", "1", "0", "0"]
    assert gallery.count("fooled most") == 1
    shown = [int(one) for one in re.findall(r'alt="(?:Artificial|Real) image (\d+)"', gallery)]
    assert tuple(shown[:4]) == (*pair_of(judged, 2), *pair_of(judged, 1))
    assert len(shown) == len(set(shown)) == 8
    for number in shown:
        assert reverse("survey:results-image", args=[judged.pk, number]) in gallery
    svg = reverse("survey:results-figure", args=[judged.pk, "pairs", "svg"])
    assert svg in page
    assert as_owner(judged).get(svg).content.startswith(b"<svg")


def test_who_left_off_is_told_with_the_answers_that_do_not_count() -> None:
    study = draft_of_pairs(4)
    services.study_open(study=study, by=study.owner)
    for _ in range(2):
        client, _ = enter(study)
        finish(client, study)
    client, session = enter(study)
    send(client, study, payload(plan(client, study)["next"][0]["token"]))
    services.study_close(study=study, by=study.owner)
    analysed(study)
    page = as_owner(study).get(reverse("survey:results", args=[study.pk])).content.decode()
    assert "2 raters, 4 pairs, 8 answers." in page
    told = page[page.index("Who was left out") :]
    row = [re.sub("<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", told)]
    assert row[3:6] == [session.pseudonym, "1 (all)", "did not finish"]
    assert "By the rules of the plan, which was fixed before the study opened." in told


def test_the_report_holds_both_images_of_the_hardest_pairs(judged: Study) -> None:
    report = report_of(study=judged, analysis=analysed(judged))
    html = as_owner(judged).get(reverse("survey:results-report", args=[judged.pk, "html"]))
    told = re.findall(
        r"Artificial image (\d+) and real image (\d+): (\d) of 3 raters were wrong",
        html.content.decode(),
    )
    assert [int(one[2]) for one in told] == [3, 1, 0, 0]
    assert (int(told[0][0]), int(told[0][1])) == pair_of(judged, 2)
    pictures = [
        base64.b64decode(one)
        for one in re.findall(r'src="data:image/png;base64,([^"]+)"', html.content.decode())
    ]
    served = {one.number: one.served for one in judged.stimuli.select_related("served")}
    first, second = (served[number] for number in pair_of(judged, 2))
    assert first is not None and second is not None
    assert small_png(first.sha256) in pictures
    assert small_png(second.sha256) in pictures
    heights = sum(one.height_png is not None for part in report.sections for one in part.images)
    assert len(pictures) == 8 + heights
    assert len(re.findall(rb"/Subtype\s*/Image\b", pdf_of(report))) == 8 + heights
