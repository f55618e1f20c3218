"""What a closed study says: its page, figures, report and bundle."""

from __future__ import annotations

import json
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from survey import services
from survey.errors import StudyRefused
from survey.export.tables import csv_text
from survey.figures.drawing import LEFT_OUT, Drawing
from survey.models import Analysis, Judgement, Study
from survey.plan import Plan
from survey.protocol import Settings
from survey.report.making import drawings_in, report_of
from survey.selectors.result_images import judged, result_images
from survey.services.analyses import JOBS, analysis_start, analysis_work
from tests.web.factories import make_user
from tests.web.survey.closing import analysed, bundled, closed_from, matrix
from tests.web.survey.makers import enter, finish, judged_pairs, make_open

pytestmark = pytest.mark.django_db


@pytest.fixture
def paper() -> Study:
    return closed_from(matrix("some"), name="The paper")


def as_owner(study: Study) -> Client:
    client = Client()
    client.force_login(study.owner)
    return client


def page_of(study: Study) -> str:
    return as_owner(study).get(reverse("survey:results", args=[study.pk])).content.decode()


def test_an_open_study_is_not_analysed() -> None:
    with pytest.raises(StudyRefused, match="stay closed"):
        analysis_start(study=make_open(), by=None)


def test_closing_queues_the_analysis_and_the_page_says_that_it_is_on_its_way(paper: Study) -> None:
    assert [one.state for one in paper.analyses.all()] == ["queued"]
    page = page_of(paper)
    assert "The figures are being computed" in page
    assert "Waiting for a worker" in page
    where = reverse("survey:results-figure", args=[paper.pk, "verdict", "svg"])
    assert as_owner(paper).get(where).status_code == 404


def test_a_second_start_gives_the_one_that_is_on_its_way(paper: Study) -> None:
    first = paper.analyses.get()
    assert analysis_start(study=paper, by=paper.owner) == first


def test_the_paper_s_means_and_an_honest_verdict_are_on_the_page(paper: Study) -> None:
    analysed(paper)
    page = page_of(paper)
    assert "People like these raters can tell such artificial images from real ones" in page
    assert "160 of 320 judgements of artificial images said “real”" in page
    assert "20 raters, 16 artificial and 12 real images, 560 answers." in page
    for figure in ("50 %", "17 %", "0.97", "0.48"):
        assert figure in page
    assert "nan" not in page.lower().replace("nano", "")


@pytest.mark.parametrize(
    ("name", "verdict"),
    [("even", "distinguishable"), ("some", "distinguishable"), ("same-images", "inconclusive")],
)
def test_the_same_means_with_three_spreads_over_images_and_their_verdicts(
    name: str, verdict: str
) -> None:
    document = analysed(closed_from(matrix(name))).figures
    assert document["primary"]["accuracy"] == pytest.approx(2 / 3)
    assert document["primary"]["finding"]["verdict"] == verdict


def test_who_is_left_out_as_planned_enters_no_figure(paper: Study) -> None:
    first, second = paper.sessions.order_by("number")[:2]
    paper.sessions.filter(pk=first.pk).update(saw_images_possible=True)
    for session, boxes in ((first, [[0, 0, 9, 9]] * 50), (second, [[1, 1, 2, 2]])):
        one = session.presentations.order_by("position").first()
        assert one is not None
        Judgement.objects.filter(presentation=one).update(regions=boxes)
    analysis = analysed(paper)
    assert analysis.figures["design"]["raters"] == 19
    drawn = drawings_in(analysis)
    assert sum(row["n"] for row in drawn["times"].rows) == 19 * 28
    assert max(row["marks"] for row in drawn["regions"].rows) == 1
    hollow = [row["rater"] for row in drawn["raters"].rows if row["counts"] == LEFT_OUT]
    assert (len(drawn["raters"].rows), hollow) == (20, [first.pseudonym])
    dotted = {row["who"] for row in drawn["roc"].rows if row["line"] == LEFT_OUT}
    assert dotted == {first.pseudonym}
    marked = first.presentations.order_by("position").first()
    assert marked is not None
    said = judged(study=paper, stimulus=marked.stimulus, document=analysis.figures)
    left = [one for one in said.said if not one.counts]
    assert [one.judgement.presentation.session_id for one in left] == [first.pk]
    assert said.overlay.marks <= 1
    where = reverse("survey:results-image", args=[paper.pk, marked.stimulus.number])
    assert "left out as planned" in as_owner(paper).get(where).content.decode()


def test_the_gallery_begins_with_the_most_difficult_images(paper: Study) -> None:
    analysis = analysed(paper)
    wrong = {one["image"]: one["part_wrong"] for one in analysis.figures["figures"]["images"]}
    shown = result_images(study=paper, document=analysis.figures)
    parts = [wrong[str(one.stimulus.number)] for one in shown]
    assert parts == sorted(parts, reverse=True)
    assert len(set(parts)) > 5


def test_where_all_fall_for_the_same_images_the_same_means_conclude_nothing() -> None:
    study = closed_from(matrix("same-images"))
    analysed(study)
    page = page_of(study)
    assert "50 %" in page
    assert "17 %" in page
    assert "Verdict: inconclusive" in page
    finding = study.analyses.get().figures["primary"]["finding"]
    assert finding["verdict"] == "inconclusive"


def test_every_figure_comes_as_svg_png_and_data(paper: Study) -> None:
    drawings = drawings_in(analysed(paper))
    assert list(drawings) == [
        "verdict", "raters", "images", "roc", "calibration", "positions", "times",
    ]  # fmt: skip
    owner = as_owner(paper)
    for name in drawings:
        for kind, start in (("svg", b"<svg"), ("png", b"\x89PNG"), ("csv", b"")):
            got = owner.get(reverse("survey:results-figure", args=[paper.pk, name, kind]))
            assert got.status_code == 200
            assert got.content.startswith(start)
        data = owner.get(reverse("survey:results-figure", args=[paper.pk, name, "csv"]))
        assert len(data.content.decode().splitlines()) == len(drawings[name].rows) + 1


def test_marks_are_pooled_and_lie_over_the_image(paper: Study) -> None:
    said = Judgement.objects.filter(presentation__stimulus__truth="artificial").first()
    assert said is not None
    Judgement.objects.filter(pk=said.pk).update(regions=[[0, 0, 8, 8]], reason="Too <smooth>")
    drawing: Drawing = drawings_in(analysed(paper))["regions"]
    assert sum(row["marks"] for row in drawing.rows) > 0
    number = said.presentation.stimulus.number
    page = (
        as_owner(paper)
        .get(reverse("survey:results-image", args=[paper.pk, number]))
        .content.decode()
    )
    assert "1 mark of where it looks artificial" in page
    assert 'class="mark"' in page
    assert "Too &lt;smooth&gt;" in page
    assert reverse("survey:results-height", args=[paper.pk, number]) in page


def test_results_for_the_organiser_are_for_nobody_else() -> None:
    study = closed_from(
        matrix("some")[:3], settings=Settings(results_for="organiser"), visibility="lab"
    )
    analysed(study)
    client = Client()
    client.force_login(make_user(Role.ANALYST))
    for address in (
        reverse("survey:results", args=[study.pk]),
        reverse("survey:results-csv", args=[study.pk, "answers"]),
        reverse("survey:results-bundle", args=[study.pk]),
        reverse("survey:results-picture", args=[study.pk, 1]),
    ):
        assert client.get(address).status_code == 403


def test_a_study_that_nobody_answered_is_undefined_in_words() -> None:
    study = make_open()
    enter(study)
    services.study_close(study=study, by=study.owner)
    analysed(study)
    page = page_of(study)
    assert "Nothing can be concluded" in page
    assert (
        as_owner(study)
        .get(reverse("survey:results-report", args=[study.pk, "pdf"]))
        .content.startswith(b"%PDF")
    )


def test_who_did_not_finish_is_left_out_and_shown(paper: Study) -> None:
    study = make_open()
    for _ in range(2):
        client, _ = enter(study)
        finish(client, study)
    client, session = enter(study)
    from tests.web.survey.makers import payload, plan, send

    send(client, study, payload(plan(client, study)["next"][0]["token"]))
    services.study_close(study=study, by=study.owner)
    found = analysed(study).figures
    assert [(one["rater"], one["why"]) for one in found["exclusions"]] == [
        (session.pseudonym, "did not finish")
    ]
    assert found["with_everybody"] is not None
    assert "Who was left out" in page_of(study)


# ---- the job -------------------------------------------------------------------------------------


def test_a_stopped_analysis_stores_nothing(paper: Study) -> None:
    queued = paper.analyses.get()
    services.analysis_stop(analysis=queued, by=paper.owner)
    analysis_work(analysis_id=queued.pk, own_thread=False)
    queued.refresh_from_db()
    assert (queued.state, queued.figures) == ("stopped", {})
    assert "Compute the figures" in page_of(paper)
    as_owner(paper).post(reverse("survey:results-again", args=[paper.pk]))
    assert analysed(paper).figures


def test_what_fails_says_so_and_keeps_the_answers(
    paper: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: object) -> str:
        raise RuntimeError("no table today")

    monkeypatch.setattr("survey.services.analyses.csv_text", broken)
    queued = paper.analyses.get()
    analysis_work(analysis_id=queued.pk, own_thread=False)
    queued.refresh_from_db()
    assert queued.state == "failed"
    page = page_of(paper)
    assert "could not be computed" in page
    assert "All answers are kept." in page


def test_of_two_workers_one_gets_the_analysis(paper: Study) -> None:
    queued = paper.analyses.get()
    assert JOBS.claim(queued.pk) is not None
    assert JOBS.claim(queued.pk) is None


def test_a_worker_that_fell_silent_loses_the_analysis(paper: Study) -> None:
    from datetime import timedelta

    from django.utils import timezone

    running = JOBS.claim(paper.analyses.get().pk)
    assert running is not None
    long_ago = timezone.now() - timedelta(hours=1)
    Analysis.objects.filter(pk=running.pk).update(seen_at=long_ago)
    JOBS.sweep(queues=(), idle=False)
    running.refresh_from_db()
    assert running.state == "queued"
    JOBS.end(running, figures={"of": "the first worker"})
    running.refresh_from_db()
    assert running.figures == {}


# ---- the report ---------------------------------------------------------------------------


def test_page_html_and_pdf_tell_the_same_verdict(paper: Study) -> None:
    analysis = analysed(paper)
    report = report_of(study=paper, analysis=analysis)
    assert report.verdict in page_of(paper)
    owner = as_owner(paper)
    html = owner.get(reverse("survey:results-report", args=[paper.pk, "html"])).content.decode()
    assert report.verdict in html
    assert "CHERRIES" in html
    assert "<script" not in html
    pdf = owner.get(reverse("survey:results-report", args=[paper.pk, "pdf"]))
    assert pdf.content.startswith(b"%PDF")


def test_names_that_mean_something_to_the_typesetter_stay_text() -> None:
    study = closed_from(matrix("some")[:3], name='#let x = [*] $y$ @z <w> \\ `v` "u" //t /*s*/ 1.')
    analysed(study)
    pdf = as_owner(study).get(reverse("survey:results-report", args=[study.pk, "pdf"]))
    assert pdf.content.startswith(b"%PDF")


def test_a_study_of_pairs_has_results_of_pairs() -> None:
    study = judged_pairs(raters=3)
    services.study_close(study=study, by=study.owner)
    found = analysed(study).figures
    assert [one["total"] for one in found["pairs"]["raters"]] == [4, 4, 4]
    assert found["pairs"]["margin"] == list(Plan.of(study).ends)
    page = unescape(page_of(study))
    assert found["pairs"]["sentence"] in page
    assert "Pairs give no verdict" not in page
    owner = as_owner(study)
    pdf = owner.get(reverse("survey:results-report", args=[study.pk, "pdf"]))
    assert pdf.content.startswith(b"%PDF")
    assert bundled(study).startswith(b"PK")


def test_an_erased_rater_leaves_no_trace_and_the_figures_stay(paper: Study) -> None:
    before = analysed(paper).figures
    session = paper.sessions.get(pseudonym="R-003")
    session.background, session.user_agent = {"experience": "More than 5 years"}, "Example/1"
    session.save()
    services.session_erase(session=session)
    assert not paper.analyses.exclude(state="queued").exists()
    after = analysed(paper).figures
    assert after["primary"]["interval95"] == pytest.approx(before["primary"]["interval95"])
    assert "R-003" not in json.dumps(after)
    assert "R-003" not in csv_text(study=paper, table="answers")
    assert "More than 5 years" not in csv_text(study=paper, table="raters")


def test_answers_that_are_others_than_those_analysed_are_told_on_page_and_report(
    paper: Study,
) -> None:
    analysis = analysed(paper)
    client, where = as_owner(paper), reverse("survey:results-compared", args=[paper.pk])
    assert f'hx-get="{where}"' in page_of(paper)
    said = client.get(where).content.decode()
    assert "The answers are still those that were analysed" in said
    assert analysis.answers_sha256[:12] in said
    titles = [one.title for one in report_of(study=paper, analysis=analysis).sections]
    assert "Answers have changed" not in titles
    first = Judgement.objects.earliest("pk")
    Judgement.objects.filter(pk=first.pk).update(confidence=first.confidence % 3 + 1)
    assert "not the one that these figures were computed from" in client.get(where).content.decode()
    titles = [one.title for one in report_of(study=paper, analysis=analysis).sections]
    assert titles[0] == "Answers have changed"
