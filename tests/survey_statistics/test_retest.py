"""Two series of answers: Cohen's kappa, AC1, and one rater asked twice."""

import numpy as np
import pytest

from survey.statistics.agreement import UNANIMOUS
from survey.statistics.cohen import Cohen, ac1_of, cohen, raw_of
from survey.statistics.retest import retest
from survey.statistics.undefined import Undefined


def test_nothing_judged_twice_is_undefined() -> None:
    found = retest([], [], [])
    nothing = Undefined("Nothing was judged twice.")
    assert found.raw == found.kappa == found.ac1 == nothing
    assert found.pairs == 0


def test_answers_missing_the_second_time_are_left_out() -> None:
    assert retest([1, 0, 1], [1, np.nan, 0], ["a", "a", "b"]).pairs == 2


def test_oracle_23_unanimous_answers_have_no_kappa() -> None:
    assert cohen([[5, 0], [0, 0]]) == UNANIMOUS
    assert ac1_of([[5, 0], [0, 0]]) == UNANIMOUS
    assert raw_of([[5, 0], [0, 0]]) == 1


def test_one_answer_only_the_second_time_is_undefined() -> None:
    assert isinstance(cohen([[5, 0], [2, 0]]), Undefined)


def test_oracle_4_cohens_kappa_with_its_error() -> None:
    found = cohen([[0, 4, 1], [0, 8, 0], [0, 1, 5]])
    assert isinstance(found, Cohen)
    assert found.kappa == pytest.approx(0.4842, abs=5e-5)
    assert found.se == pytest.approx(0.1380, abs=5e-5)
    assert found.interval == pytest.approx((0.2137, 0.7547), abs=5e-5)


@pytest.mark.parametrize(
    ("table", "kappa", "gwet"),
    [([[40, 9], [6, 45]], 0.6995, 0.7007), ([[80, 10], [5, 5]], 0.3182, 0.8080)],
)
def test_oracle_5_kappa_is_low_where_one_answer_prevails_and_ac1_is_not(
    table: list[list[int]], kappa: float, gwet: float
) -> None:
    found = cohen(table)
    assert isinstance(found, Cohen)
    assert raw_of(table) == pytest.approx(0.85)
    assert found.kappa == pytest.approx(kappa, abs=5e-5)
    assert ac1_of(table) == pytest.approx(gwet, abs=5e-5)


def test_raw_agreement_of_repeats_has_an_error_over_raters() -> None:
    found = retest([1, 0, 1, 0], [1, 0, 0, 0], ["a", "a", "b", "b"])
    assert found.raw == 0.75
    assert found.raters == 2
    assert not isinstance(found.raw_estimate, Undefined)
    assert found.raw_estimate.df == 1
