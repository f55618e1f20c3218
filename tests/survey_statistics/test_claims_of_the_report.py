"""No sentence of the report claims what an estimate alone does not show, or what cannot be."""

import re

import pytest

from survey.figures.of_study import drawings_of
from survey.report.results import result_sections
from survey.statistics.analysis import Options, analyse
from survey.statistics.mixed_figures import _NOTES
from survey.statistics.pairs_model import _NOTES as OF_PAIRS
from tests.survey_statistics.answers import made


@pytest.mark.parametrize("note", [*_NOTES.values(), *OF_PAIRS.values()])
def test_a_spread_that_is_estimated_as_nothing_is_no_proof_of_sameness(note: str) -> None:
    assert "is estimated as 0, which does not show that" in note


def test_no_part_changes_by_more_than_all_of_it() -> None:
    """Two raters and eight images: a straight line runs far beyond 100 points in ten images."""
    frame = made(raters=2, artificial=4, real=4, seed=4)
    document = analyse(frame, Options(resamples=99, mixed_model=False)).to_json()
    document["figures"]["course"]["right_per_ten"] |= {
        "value": -0.6,
        "interval": {"low": -15.7, "high": 14.5},
    }
    section = next(one for one in result_sections(document, {}) if one.title == "Over the session")
    assert "changed by -60.0 points (95 % interval -100.0 to +100.0)" in section.paragraphs[0]


def test_captions_name_what_a_line_may_mean_and_not_what_it_does() -> None:
    document = analyse(made(), Options(resamples=99, mixed_model=False)).to_json()
    drawn = drawings_of(document, [], width_px=1, height_px=1)
    told = " ".join(one.caption for one in drawn.values())
    assert not re.search(r"could not tell|lines are learning", told)


def test_two_raters_are_both() -> None:
    document = analyse(made(raters=2), Options(resamples=99, mixed_model=False)).to_json()
    assert document["primary"]["method_note"] == "Both raters judged all 18 images."


def test_images_without_a_spread_have_no_table_of_difficulties() -> None:
    document = analyse(made(raters=4), Options(resamples=99)).to_json()
    title = "Mixed model of raters and images"

    def summaries() -> list[str]:
        section = next(one for one in result_sections(document, {}) if one.title == title)
        return [table.summary for table in section.tables]

    assert "Difficulty of each image, by the model" in summaries()
    for one in document["figures"]["mixed_model"]["images"]:
        one["difficulty"] = one["lean"] = 0.0
    assert "Difficulty of each image, by the model" not in summaries()
