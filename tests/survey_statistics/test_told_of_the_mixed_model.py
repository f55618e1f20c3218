"""What the mixed model says of raters, images and generators stands on the page, named rightly."""

from typing import Any

import pandas as pd
import pytest

from survey.report.content import Table
from survey.report.mixed import ENDS, mixed_section
from survey.report.words import interval, number, p_value
from survey.statistics.analysis import Options, analyse
from tests.survey_statistics.answers import made


def figures_of(frame: pd.DataFrame) -> dict[str, Any]:
    figures: dict[str, Any] = analyse(frame, Options(resamples=99)).to_json()["figures"]
    return figures


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    return figures_of(made(raters=8, artificial=20, real=20))


def table_of(figures: dict[str, Any], head: str) -> Table:
    (found,) = (one for one in mixed_section(figures).tables if one.head[0] == head)
    return found


def test_the_accuracy_is_that_of_new_raters_and_images_and_called_so(
    figures: dict[str, Any],
) -> None:
    rows = {row[0]: row[1] for row in table_of(figures, "").rows}
    model = figures["mixed_model"]
    told = rows["Balanced accuracy of a new rater on new images"]
    assert told == number(model["balanced_accuracy"])
    # The spread of raters and images flattens it: the average rater's would be another figure.
    assert not any("accuracy of the average" in name.lower() for name in rows)
    assert rows["d-prime of the average rater and image"] == number(model["d_prime"])


def test_each_generator_has_its_figures_beside_the_contrasts(figures: dict[str, Any]) -> None:
    model = figures["mixed_model"]
    rows = table_of(figures, "Generator (95 % intervals)").rows
    assert [row[0] for row in rows] == ["a", "b"]
    for row, arm in zip(rows, model["arms"], strict=True):
        for cell, key in zip(row[1:], ("d_prime", "criterion", "balanced_accuracy"), strict=True):
            reach = interval(arm[key]["interval95"], digits=2)
            assert cell == f"{number(arm[key])} ({reach})"
    ((name, difference, _, p),) = table_of(figures, "Difference in d-prime").rows
    (contrast,) = model["contrasts"]
    assert (name, difference) == ("a less b", number(contrast["d_prime"]))
    assert p == p_value(contrast["p"])


def test_one_generator_is_not_told_twice() -> None:
    heads = [one.head[0] for one in mixed_section(figures_of(made(arm=""))).tables]
    assert heads == ["", "Rater", "Image"]


def test_raters_and_images_go_by_their_own_names_in_folded_tables(
    figures: dict[str, Any],
) -> None:
    model = figures["mixed_model"]
    raters, images = table_of(figures, "Rater"), table_of(figures, "Image")
    assert raters.summary and images.summary
    assert [row[0] for row in raters.rows] == [one["rater"] for one in figures["raters"]]
    assert [row[1] for row in raters.rows] == [number(one["d_prime"]) for one in model["raters"]]
    assert {row[0] for row in images.rows} == {one["image"] for one in figures["images"]}
    truth = {one["image"]: one["arm"] or "real" for one in figures["images"]}
    assert all(row[1] == truth[row[0]] for row in images.rows)
    wrong = {one["image"]: one["part_wrong"] for one in figures["images"]}
    first, last = images.rows[0], images.rows[-1]
    assert float(first[2]) > 0 > float(last[2])
    assert wrong[first[0]] > wrong[last[0]]


def test_names_stay_with_their_raters_and_images_where_answers_are_missing() -> None:
    frame = made(raters=8, artificial=20, real=20)
    gone = (frame["rater"] == "R000") & (frame["image"] < "010")
    model = figures_of(frame[~gone])["mixed_model"]
    whole = figures_of(frame)["mixed_model"]
    for kind, key in (("raters", "rater"), ("images", "image")):
        of_each = {one[key]: one for one in model[kind]}
        assert set(of_each) == {one[key] for one in whole[kind]}
    said = {one["rater"]: one["d_prime"] for one in model["raters"]}
    best = max(whole["raters"][1:], key=lambda one: one["d_prime"])["rater"]
    assert max((name for name in said if name != "R000"), key=said.__getitem__) == best


def test_of_many_images_the_two_ends_are_shown_and_the_rest_is_named() -> None:
    figures = figures_of(made(raters=5, artificial=30, real=30))
    table = table_of(figures, "Image")
    assert len(table.rows) == 2 * ENDS
    assert "of 60; all are in the file of figures" in table.note
    parts = [float(row[2]) for row in table.rows]
    assert parts == sorted(parts, reverse=True)
