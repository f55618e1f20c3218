"""Each pair by itself: counted, with its interval, and drawn the hardest first."""

import numpy as np
import pytest

from survey.figures.of_study import drawings_of
from survey.report.found import found_in
from survey.report.results import result_sections
from survey.statistics.analysis_of_pairs import analyse_pairs
from survey.statistics.by_pair import each_pair
from tests.survey_statistics.test_analysis_of_pairs import shown


def test_wrong_answers_of_a_pair_are_counted_without_the_missing_ones() -> None:
    table = np.array([[1, 0, np.nan], [0, 0, 1], [1, 0, np.nan]])
    found = each_pair(table, ["1-2", "3-4", "5-6"], ["a", "b", "a"])
    assert [(one.answers, one.wrong) for one in found] == [(3, 1), (3, 3), (1, 0)]
    assert [one.part_wrong for one in found] == [pytest.approx(1 / 3), 1, 0]
    # Newcombe's method 3 for 0 of 1.
    assert found[2].interval == pytest.approx((0, 0.7935), abs=5e-5)


def test_pairs_of_a_study_keep_their_own_answers_and_generator() -> None:
    frame = shown(raters=9, pairs=11, seed=4)
    frame.loc[frame.index[3], "decision"] = None
    document = analyse_pairs(frame).to_json()
    right = frame[frame["decision"].notna()].assign(
        wrong=lambda rows: rows["decision"] != rows["truth"]
    )
    expected = right.groupby("image")["wrong"].agg(["size", "sum"])
    arms = frame.groupby("image")["arm"].first()
    assert len(document["by_pair"]) == 11
    for one in document["by_pair"]:
        assert [one["answers"], one["wrong"]] == expected.loc[one["pair"]].tolist()
        assert one["arm"] == arms[one["pair"]]
    assert sum(one["answers"] for one in document["by_pair"]) == 9 * 11 - 1


def test_pairs_are_drawn_the_most_difficult_first_and_the_checklists_name_them() -> None:
    document = analyse_pairs(shown()).to_json()
    drawings = drawings_of(document, [], width_px=1, height_px=1)
    rows = drawings["pairs"].rows
    parts = [row["part_wrong"] for row in rows]
    assert parts == sorted(parts, reverse=True)
    assert all(row["low"] <= row["part_wrong"] <= row["high"] for row in rows)
    head = "rank,pair,arm,part_wrong,low,high,answers"
    assert drawings["pairs"].csv().splitlines()[0] == head
    assert "the most difficult first" in drawings["pairs"].svg()
    section = next(one for one in result_sections(document, drawings) if one.title == "Pairs")
    assert section.gallery
    assert found_in(document).hardest.startswith(
        f"Most were wrong about the pair of images {rows[0]['pair']} ("
    )


def test_figures_of_before_each_pair_had_its_own_are_shown_without() -> None:
    document = analyse_pairs(shown()).to_json()
    del document["by_pair"]
    drawings = drawings_of(document, [], width_px=1, height_px=1)
    assert "pairs" not in drawings
    assert "Pairs" not in [one.title for one in result_sections(document, drawings)]
    assert found_in(document).hardest == ""
