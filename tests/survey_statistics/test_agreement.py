"""Agreement against published tables; nothing is claimed where all answers are the same."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from survey.statistics.agreement import (
    NO_PAIR,
    UNANIMOUS,
    UNEQUAL,
    Level,
    ac1,
    agreement,
    agreement_by_truth,
    alpha,
    fleiss,
    raw_agreement,
)
from survey.statistics.arrays import Floats
from survey.statistics.reference_tables import (
    FLEISS_1971,
    KRIPPENDORFF_FOUR,
    KRIPPENDORFF_THREE,
    WIKIPEDIA_COUNTS,
)
from survey.statistics.undefined import Undefined


def test_oracle_23_unanimous_answers_have_raw_agreement_and_no_coefficient() -> None:
    for answer in (0.0, 1.0):
        found = agreement(np.full((4, 6), answer))
        assert found.raw == 1
        assert found.fleiss == found.randolph == found.alpha == found.ac1 == UNANIMOUS


@pytest.mark.parametrize("shape", [(1, 5), (0, 5), (5, 0)])
def test_fewer_than_two_answers_an_image_are_undefined(shape: tuple[int, int]) -> None:
    found = agreement(np.zeros(shape))
    assert found.raw == found.fleiss == found.alpha == found.ac1 == NO_PAIR


def test_only_missing_answers_are_undefined() -> None:
    assert agreement(np.full((3, 4), np.nan)).raw == NO_PAIR


def test_missing_answers_leave_fleiss_undefined_and_the_others_not() -> None:
    found = agreement(np.array([[1, 0, 1], [1, 0, np.nan], [0, 0, 1]]))
    assert found.fleiss == found.randolph == UNEQUAL
    assert isinstance(found.alpha, float)
    assert isinstance(found.ac1, float)


def test_oracle_1_fleiss_kappa_of_fourteen_raters() -> None:
    assert fleiss(WIKIPEDIA_COUNTS) == pytest.approx(0.2099, abs=5e-5)


def test_oracle_2_fleiss_of_1971() -> None:
    found = agreement(FLEISS_1971, categories=(1, 2, 3, 4, 5))
    assert found.fleiss == pytest.approx(0.4302, abs=5e-5)


def test_oracle_3_fleiss_and_randolph() -> None:
    assert fleiss([[7, 1], [3, 5]]) == pytest.approx(0.161905, abs=5e-7)
    assert fleiss([[7, 1], [3, 5]], method="randolph") == pytest.approx(0.214286, abs=5e-7)


@pytest.mark.parametrize(
    ("level", "expected"),
    [("nominal", 0.7434), ("ordinal", 0.8154), ("interval", 0.8491), ("ratio", 0.7974)],
)
def test_oracle_6_alpha_of_four_coders_at_each_level(level: Level, expected: float) -> None:
    assert alpha(KRIPPENDORFF_FOUR, level=level) == pytest.approx(expected, abs=5e-5)


def test_oracle_6_ac1_with_missing_answers() -> None:
    found = agreement(KRIPPENDORFF_FOUR, categories=(1, 2, 3, 4, 5))
    assert found.ac1 == pytest.approx(0.7754, abs=5e-5)
    assert found.raw == pytest.approx(0.8182, abs=5e-5)


@pytest.mark.parametrize(("level", "expected"), [("nominal", 0.6914), ("interval", 0.8108)])
def test_oracle_7_alpha_of_three_coders(level: Level, expected: float) -> None:
    assert alpha(KRIPPENDORFF_THREE, level=level) == pytest.approx(expected, abs=6e-5)


def test_agreement_is_told_by_truth() -> None:
    found = agreement_by_truth([[1, 1, 0, 1], [1, 1, 1, 0]], [True, True, False, False])
    assert found["artificial"].raw == 1
    assert found["artificial"].ac1 == UNANIMOUS
    assert found["real"].raw == 0
    assert found["all"].raw == 0.5


def test_no_image_of_a_kind_is_undefined_for_that_kind() -> None:
    assert agreement_by_truth([[1, 0], [1, 1]], [True, True])["real"].raw == NO_PAIR


tables = arrays(np.float64, (4, 6), elements=st.sampled_from([0.0, 1.0, np.nan]))


@settings(max_examples=60, deadline=None)
@given(tables, st.permutations(range(4)))
def test_the_order_of_raters_and_the_names_of_answers_change_nothing(
    table: Floats, order: list[int]
) -> None:
    found = agreement(table)
    for other in (agreement(table[order]), agreement(1 - table)):
        for name in ("raw", "fleiss", "randolph", "alpha", "ac1"):
            value, again = getattr(found, name), getattr(other, name)
            if isinstance(value, Undefined):
                assert value == again
            else:
                assert value == pytest.approx(again)


@settings(max_examples=60, deadline=None)
@given(arrays(np.float64, (5, 3), elements=st.integers(0, 5).map(float)))
def test_nothing_exceeds_one_and_nothing_is_nan(counts: Floats) -> None:
    for value in (raw_agreement(counts), ac1(counts), fleiss(counts)):
        assert isinstance(value, Undefined) or value <= 1 + 1e-12
