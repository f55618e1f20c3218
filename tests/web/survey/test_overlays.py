"""The marks of one image, taken away: over the picture, over its height map, bare, and as data."""

from __future__ import annotations

import base64
import csv
import io
import re

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from core.files import file_open
from survey.export.bundle import bundle_files
from survey.export.tables import csv_text
from survey.figures.marks import GRID
from survey.figures.of_study import answers_in
from survey.figures.overlay import COLUMNS, Overlay, Picture, overlays_of
from survey.models import Judgement, Study
from survey.selectors.result_images import judged
from tests.web.survey.closing import analysed, closed_from, matrix
from tests.web.survey.everything import closed_with_everything


def marked(*regions: list[float]) -> Overlay:
    return Overlay.of(regions, image="7", truth="artificial", width_px=480, height_px=240)


def test_a_mark_covers_the_cells_that_it_meets_and_the_most_marked_is_the_strongest() -> None:
    # Cells are 20 x 10 px.
    found = marked([0, 0, 19, 9], [0, 0, 39, 9])
    assert [(one["row"], one["column"], one["marks"]) for one in found.rows] == [
        (0, 0, 2),
        (0, 1, 1),
    ]
    strong, weak = found.cells
    assert strong.opacity == pytest.approx(2 * weak.opacity, abs=0.001)
    assert (weak.x, weak.y, weak.width, weak.height) == (20, 0, 20, 10)
    assert found.told == "Image 7 (artificial): 2 marks, at most 2 at one place"


def test_without_marks_the_data_are_a_head_without_rows() -> None:
    assert marked().csv().splitlines() == [",".join(COLUMNS)]


def test_the_picture_under_the_marks_is_cut_at_its_corner_and_comes_along() -> None:
    file = io.BytesIO()
    whole = Image.new("L", (960, 480), 0)
    whole.paste(255, (480, 240, 960, 480))  # the part that raters got is white
    whole.save(file, "PNG")
    under = Picture(png=file.getvalue(), width_px=960, height_px=480, corner_x=480, corner_y=240)
    found = marked([0, 0, 19, 9])
    assert base64.b64encode(file.getvalue()).decode() in found.svg(under)
    drawn = Image.open(io.BytesIO(found.png(under))).convert("RGB")
    scale = drawn.width / 480
    assert drawn.getpixel((int(240 * scale), int(120 * scale))) == (255, 255, 255)
    red, green, blue = drawn.getpixel((int(10 * scale), int(5 * scale)))  # type: ignore[misc]
    assert red > green > blue  # the mark's colour over white


@pytest.fixture
def study(db: None) -> Study:
    study = closed_with_everything()
    analysed(study)
    return study


def most_marked(study: Study) -> int:
    """Of the artificial images, which have height maps."""
    found = [one for one in analysed_overlays(study).values() if one.truth == "artificial"]
    return int(max(found, key=lambda one: one.marks).image)


def analysed_overlays(study: Study) -> dict[str, Overlay]:
    answers = answers_in(csv_text(study=study, table="answers"))
    document = study.analyses.get().figures
    return overlays_of(document, answers, width_px=64, height_px=64)


def fetched(study: Study, number: int, over: str, kind: str) -> tuple[int, bytes]:
    client = Client()
    client.force_login(study.owner)
    got = client.get(reverse("survey:results-overlay", args=[study.pk, number, over, kind]))
    return got.status_code, got.content


def test_the_table_of_answers_gives_the_marks_that_the_page_shows(study: Study) -> None:
    found = analysed_overlays(study)
    document = study.analyses.get().figures
    assert len(found) > 20
    for stimulus in study.stimuli.all():
        shown = judged(study=study, stimulus=stimulus, document=document).overlay
        if shown.marks:
            assert found[shown.image] == shown
        else:
            assert shown.image not in found


def test_marks_come_as_svg_png_and_data_over_the_image_and_over_its_height_map(
    study: Study,
) -> None:
    stimulus = study.stimuli.get(number=most_marked(study))
    assert stimulus.served is not None
    assert stimulus.pair is not None
    for over, stored in (("marks", stimulus.served), ("marks-height", stimulus.pair.height)):
        status, svg = fetched(study, stimulus.number, over, "svg")
        assert status == 200
        (data,) = re.findall(rb"data:image/png;base64,([^\"]+)", svg)
        with file_open(stored) as stream:
            assert base64.b64decode(data) == stream.read()
        assert svg.count(b"fill-opacity") > 0
        status, png = fetched(study, stimulus.number, over, "png")
        assert (status, png[:4]) == (200, b"\x89PNG")
    status, table = fetched(study, stimulus.number, "marks", "csv")
    rows = list(csv.DictReader(io.StringIO(table.decode())))
    assert tuple(rows[0]) == COLUMNS
    assert {row["image"] for row in rows} == {str(stimulus.number)}
    assert max(int(row["row"]) for row in rows) < GRID


def test_the_page_of_an_image_links_its_figures(study: Study) -> None:
    client = Client()
    client.force_login(study.owner)
    number = most_marked(study)
    page = client.get(reverse("survey:results-image", args=[study.pk, number])).content.decode()
    for kind in ("svg", "png", "csv"):
        assert reverse("survey:results-overlay", args=[study.pk, number, "marks", kind]) in page


def test_an_image_that_nobody_marked_and_a_figure_that_there_is_not_are_not_found(
    study: Study,
) -> None:
    Judgement.objects.update(regions=[])
    assert fetched(study, 1, "marks", "svg")[0] == 404
    Judgement.objects.update(regions=[[0, 0, 5, 5]])
    real = study.stimuli.filter(truth="real").earliest("number").number
    assert fetched(study, real, "marks", "svg")[0] == 200
    assert fetched(study, real, "marks-height", "svg")[0] == 404
    assert fetched(study, real, "marks", "pdf")[0] == 404
    assert fetched(study, real, "else", "svg")[0] == 404


def test_the_bundle_holds_each_image_s_marks_without_the_image(study: Study) -> None:
    files = dict(bundle_files(study=study, analysis=study.analyses.get()))
    found = analysed_overlays(study)
    for number, overlay in found.items():
        assert files[f"figures/images/{number}.csv"].decode() == overlay.csv()
        assert files[f"figures/images/{number}.png"].startswith(b"\x89PNG")
        assert b"<image" not in files[f"figures/images/{number}.svg"]
    assert sum(path.startswith("figures/images/") for path in files) == 3 * len(found)


@pytest.mark.django_db
def test_a_study_without_marks_has_no_overlays_in_its_bundle() -> None:
    study = closed_from(matrix("some"))
    files = dict(bundle_files(study=study, analysis=analysed(study)))
    assert not any(path.startswith("figures/images/") for path in files)
