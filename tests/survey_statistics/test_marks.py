"""Marks on images: counted by truth and by rightness, drawn for each answer and in proportion."""

import json
from typing import Any

import numpy as np
import pytest

from survey.figures.drawing import Drawing
from survey.figures.of_study import drawings_of
from survey.report.regions import regions_section
from survey.report.results import result_sections
from survey.statistics.analysis import Options, analyse
from survey.statistics.analysis_of_pairs import analyse_pairs
from survey.statistics.marks import marked_answers
from survey.statistics.undefined import Undefined
from tests.survey_statistics.answers import made

ONE, TWO = json.dumps([[0, 0, 4, 4]]), json.dumps([[0, 0, 4, 4], [30, 10, 4, 4]])


def drawn(given: list[tuple[str, str]], *, width_px: int, height_px: int) -> Drawing:
    """The heat maps of answers (truth, regions) of raters of whom none is left out."""
    answers: list[dict[str, Any]] = [
        {
            "rater": f"R{number}", "image": "1", "other": "", "kind": "main", "decision": "real",
            "truth": truth, "regions": regions, "excluded": "", "seen_before": "",
        }
        for number, (truth, regions) in enumerate(given)
    ]  # fmt: skip
    document = {"pairs": {"part_right": {"undefined": "Not asked here."}}, "with_everybody": None}
    found = drawings_of(document, answers, width_px=width_px, height_px=height_px)
    return found["regions"]


def test_answers_with_marks_are_counted_by_truth_and_by_rightness() -> None:
    found = marked_answers(
        [ONE, "", TWO, "", "[]", ONE],
        [True, True, True, False, False, False],
        [True, True, False, True, True, True],
    )
    assert not isinstance(found, Undefined)
    told = [(one.truth, one.right, one.answers, one.with_marks, one.marks) for one in found]
    assert told == [
        ("artificial", True, 2, 1, 1),
        ("artificial", False, 1, 1, 2),
        ("real", True, 3, 1, 1),
        ("real", False, 0, 0, 0),
    ]
    assert found[0].part == 0.5
    assert isinstance(found[3].part, Undefined)


def test_without_marks_there_is_a_reason_and_no_section() -> None:
    found = marked_answers(["", "[]"], [True, False], [True, True])
    assert isinstance(found, Undefined)
    document = analyse(made(), Options(resamples=99, mixed_model=False)).to_json()
    assert document["figures"]["regions"] == {"undefined": found.reason}
    titles = [one.title for one in result_sections(document, {})]
    assert "Where it looked artificial" not in titles


def test_the_page_says_how_many_answers_had_marks() -> None:
    frame = made(raters=3, artificial=2, real=2)
    frame["decision"] = "artificial"
    frame["regions"] = np.where(frame["rater"] == "R000", TWO, "")
    document = analyse(frame, Options(resamples=99, mixed_model=False)).to_json()
    (section,) = (
        one for one in result_sections(document, {}) if one.title == "Where it looked artificial"
    )
    assert section.paragraphs == [
        "Marks came with 2 of 6 answers about artificial images (2 of 6 right ones, 0 of 0 wrong "
        "ones) and 2 of 6 answers about real images (0 of 0 right ones, 2 of 6 wrong ones)."
    ]


def test_marks_of_pairs_lie_on_the_image_that_was_called_artificial() -> None:
    frame = made(raters=4).assign(truth="artificial", decision="artificial", arm="g")
    frame["regions"] = np.where(frame["rater"] == "R000", ONE, "")
    frame.loc[0, "decision"] = "real"
    document = analyse_pairs(frame).to_json()
    section = regions_section(document["regions"], [], of_pairs=True)
    assert section.paragraphs == [
        "Marks came with 17 of 71 right answers, on the artificial image, and with 1 of 1 wrong "
        "ones, on the real image."
    ]


def test_more_answers_about_one_kind_do_not_make_it_the_hotter() -> None:
    """Half of the answers are marked in both kinds, 8 of one and 4 of the other."""
    given = [("artificial", ONE), ("artificial", "")] * 8 + [("real", ONE), ("real", "")] * 4
    drawing = drawn(given, width_px=64, height_px=64)
    corner = {row["truth"]: row for row in drawing.rows if not (row["row"] or row["column"])}
    assert (corner["artificial"]["marks"], corner["real"]["marks"]) == (8, 4)
    assert corner["artificial"]["per_answer"] == corner["real"]["per_answer"] == 0.5
    assert drawing.spec["spec"]["encoding"]["color"]["field"] == "per_answer"


@pytest.mark.parametrize(("width_px", "height_px"), [(640, 480), (300, 900), (64, 64)])
def test_a_heat_map_has_the_proportions_of_the_picture(width_px: int, height_px: int) -> None:
    spec = drawn([("real", ONE)], width_px=width_px, height_px=height_px).spec["spec"]
    assert spec["width"] / spec["height"] == pytest.approx(width_px / height_px, rel=0.002)
    assert max(spec["width"], spec["height"]) == 240
