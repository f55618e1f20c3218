"""This installation passes its own validation, and the validation can fail."""

import json
from pathlib import Path

import pytest

from survey.statistics import oracles_of_agreement
from survey.statistics.oracle import check
from survey.statistics.oracles import CBPP, VAN_DYKE, validate
from survey.statistics.portable import to_json
from survey.statistics.undefined import Undefined
from tests.survey_statistics.data import published


def test_a_wrong_value_fails() -> None:
    found = check(1, "a sum", "2.000", lambda: 2.001, source="-")
    assert found.passed is False
    assert found.obtained == (2.001,)


def test_too_few_values_fail() -> None:
    assert check(1, "two", "1.0 2.0", lambda: [1.0], source="-").passed is False


def test_what_raises_fails_and_tells() -> None:
    found = check(1, "a quotient", "2.0", lambda: 1 / 0, source="-")
    assert found.passed is False
    assert found.note == "ZeroDivisionError: division by zero"


def test_undefined_is_a_value_that_can_be_expected() -> None:
    assert check(1, "nothing", "undefined", lambda: Undefined("No."), source="-").passed


def test_a_published_value_allows_half_of_its_last_digit_and_a_whole_number_nothing() -> None:
    assert check(1, "a kappa", "0.7434", lambda: 0.74344, source="-").passed
    assert not check(1, "a kappa", "0.7434", lambda: 0.74346, source="-").passed
    assert not check(1, "a count", "269", lambda: 269.4, source="-").passed


def test_a_broken_coefficient_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oracles_of_agreement, "fleiss", lambda *_, **__: 0.5)
    assert [one.number for one in validate(runs=20) if one.passed is False] == [1, 3]


def test_all_oracles_that_need_no_file_pass(tmp_path: Path) -> None:
    found = validate(data=tmp_path, runs=200)
    assert {one.number for one in found} == set(range(1, 25))
    assert {one.number for one in found if one.passed is None} == {17, 22}
    assert [one.what for one in found if one.passed is False] == []
    (note,) = {one.note for one in found if one.number == 17}
    assert note.startswith(f"The data file {VAN_DYKE} is not installed. Put it into the folder ref")
    assert "--data; it comes with the R package RJafroc" in note
    json.dumps(to_json(found), allow_nan=False)


@pytest.mark.parametrize(
    ("number", "expected"),
    [(6, (0.7754, 0.8182, 0.1903)), (10, (0.816832, 0.460396, 1.002793, -0.40196))],
)
def test_the_table_shows_every_value_of_the_method(
    number: int, expected: tuple[float, ...]
) -> None:
    found = [one for one in validate(runs=20) if one.number == number]
    assert expected in {one.expected for one in found}
    assert all(one.passed for one in found)


def test_shortened_simulations_say_so() -> None:
    found = [one for one in validate(runs=20) if one.number == 24]
    assert len(found) == 8
    assert all("Shortened from 4000 studies" in one.note for one in found)


def test_oracles_17_and_22_pass_where_their_data_are() -> None:
    folder = published(VAN_DYKE).parent
    published(CBPP)
    found = [one for one in validate(data=folder, runs=20) if one.number in (17, 22)]
    assert [one.passed for one in found] == [True] * 5
    fit = next(one for one in found if one.what.startswith("Mixed model of disease"))
    assert fit.tolerances == (4e-5,) * 5
    lost = next(one for one in found if "lost" in one.what)
    assert lost.tolerances == (5e-7,)


def test_it_stops_when_asked() -> None:
    assert len(validate(should_stop=lambda: True)) == 1
