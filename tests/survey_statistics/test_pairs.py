"""Side by side: exact within a rater, clustered over raters; strengths of several."""

import numpy as np
import pytest

from survey.statistics.bradley_terry import Strengths, strengths, strengths_with_intervals
from survey.statistics.pairs import d_prime_of_pairs, pairs
from survey.statistics.reference_tables import BASEBALL_WINS
from survey.statistics.undefined import Undefined


def test_no_pair_is_undefined() -> None:
    found = pairs([[np.nan]])
    assert found.d_prime == Undefined("No pair was judged.")
    assert isinstance(found.part_right, Undefined)
    assert isinstance(found.raters[0].p_value, Undefined)


def test_one_rater_has_an_exact_p_and_no_error_over_raters() -> None:
    found = pairs([[1] * 18 + [0] * 10])
    assert isinstance(found.part_right, Undefined)
    assert found.raters[0].p_value == pytest.approx(0.184933, abs=5e-7)


def test_all_right_has_no_finite_d_prime_but_a_corrected_one_for_the_rater() -> None:
    found = pairs([[1, 1, 1], [1, 1, 1]])
    assert isinstance(found.d_prime, Undefined)
    assert isinstance(found.raters[0].d_prime, float)


def test_d_prime_of_three_in_four_right() -> None:
    assert d_prime_of_pairs(0.75) == pytest.approx(np.sqrt(2) * 0.6744898, abs=1e-6)
    assert d_prime_of_pairs(0.5) == 0


def test_each_rater_is_adjusted_for_the_number_of_raters() -> None:
    found = pairs([[1] * 9 + [0], [1, 0] * 5])
    assert found.raters[0].p_value == pytest.approx(0.021484, abs=5e-7)
    assert found.raters[0].p_holm == pytest.approx(0.042969, abs=5e-7)


def test_oracle_21_strengths_of_baseball_teams() -> None:
    assert strengths(BASEBALL_WINS) == pytest.approx(
        (1.5814, 1.4364, 1.2945, 1.2476, 1.1077, 0.6839, 0), abs=6e-5
    )


def test_something_that_never_lost_has_no_finite_strength() -> None:
    assert isinstance(strengths([[0, 3], [0, 0]]), Undefined)
    assert isinstance(strengths([[0]]), Undefined)
    assert isinstance(strengths_with_intervals([[[0, 3], [0, 0]]]), Undefined)


def test_one_rater_gives_strengths_without_intervals() -> None:
    found = strengths_with_intervals([[[0, 3], [1, 0]]])
    assert isinstance(found, Strengths)
    assert isinstance(found.intervals, Undefined)
    assert found.strengths[0] == pytest.approx(np.log(3))


def test_resampled_raters_give_intervals_about_the_strengths() -> None:
    wins = np.random.default_rng(1).integers(1, 6, (8, 3, 3))
    found = strengths_with_intervals(wins, seed=2, resamples=200)
    assert isinstance(found, Strengths) and not isinstance(found.intervals, Undefined)
    for strength, (low, high) in zip(found.strengths, found.intervals, strict=True):
        assert low <= strength <= high
    assert strengths_with_intervals(wins, seed=2, resamples=200) == found
