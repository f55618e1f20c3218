"""Two and more generators against the same real images."""

import numpy as np
import pytest

from survey.statistics.arms import Arms, FTest, compare_arms, f_test
from survey.statistics.arrays import Floats
from survey.statistics.interval import Interval
from survey.statistics.primary import Primary, placements
from survey.statistics.reference_data import van_dyke
from survey.statistics.undefined import Undefined
from tests.survey_statistics.data import published

LABELS = ["a"] * 6 + ["b"] * 6 + [""] * 8


def answers(seed: int = 1, raters: int = 5) -> Floats:
    return (np.random.default_rng(seed).random((raters, 20)) < 0.5).astype(float)


def compared(scores: Floats, labels: list[str]) -> Arms:
    found = compare_arms(scores, labels)
    assert isinstance(found, Arms)
    return found


def test_one_generator_cannot_be_compared() -> None:
    assert isinstance(compare_arms(answers(), ["a"] * 12 + [""] * 8), Undefined)


def test_no_real_image_is_undefined_in_every_arm() -> None:
    found = compared(answers(), ["a"] * 10 + ["b"] * 10)
    assert all(isinstance(each, Undefined) for each in found.each.values())
    assert isinstance(found.test, Undefined)
    assert found.differences == ()


def test_missing_answers_are_the_reason_why_arms_are_not_tested() -> None:
    scores = answers()
    scores[0, 0] = scores[1, 7] = np.nan
    found = compared(scores, LABELS)
    assert isinstance(found.test, Undefined)
    assert "a: Not every rater judged every image" in found.test.reason
    assert "b: Not every rater judged every image" in found.test.reason


def test_one_rater_is_undefined() -> None:
    assert isinstance(compared(answers(raters=1), LABELS).test, Undefined)


def test_a_generator_with_one_image_is_left_out_and_says_so() -> None:
    found = compared(answers(), ["a"] * 6 + ["b"] * 5 + ["c"] + [""] * 8)
    assert isinstance(found.each["c"], Undefined)
    assert len(found.differences) == 1


def test_answers_that_are_all_the_same_are_undefined() -> None:
    found = compared(np.ones((4, 20)), LABELS)
    assert isinstance(found.test, Undefined)
    (pair,) = found.differences
    assert pair.difference == 0  # known, though nothing says how far off it may be
    assert isinstance(pair.interval, Undefined)
    assert isinstance(pair.p_value, Undefined) and isinstance(pair.p_holm, Undefined)


def test_with_two_arms_the_f_test_is_the_pairs_t_test() -> None:
    found = compared(answers(), LABELS)
    pair = found.differences[0]
    assert isinstance(found.test, FTest) and isinstance(pair.interval, Interval)
    assert not isinstance(pair.p_value, Undefined)
    assert found.test.p_value == pytest.approx(pair.p_value)
    first, second = found.each["a"], found.each["b"]
    assert isinstance(first, Primary) and isinstance(second, Primary)
    assert pair.difference == pytest.approx(first.accuracy - second.accuracy)
    assert (pair.interval.low > 0 or pair.interval.high < 0) == (pair.p_value < 0.05)


def test_swapping_the_names_of_two_arms_mirrors_their_difference() -> None:
    there = compared(answers(), LABELS).differences[0]
    back = compared(answers(), ["b"] * 6 + ["a"] * 6 + [""] * 8).differences[0]
    assert back.difference == pytest.approx(-there.difference)
    assert back.p_value == pytest.approx(there.p_value)


def test_three_arms_adjust_their_pairs() -> None:
    found = compared(answers(3), ["a"] * 4 + ["b"] * 4 + ["c"] * 4 + [""] * 8)
    assert isinstance(found.test, FTest)
    assert found.test.df1 == 2
    raw = [one.p_value for one in found.differences if not isinstance(one.p_value, Undefined)]
    holm = [one.p_holm for one in found.differences]
    assert len(raw) == 3
    assert all(isinstance(b, float) and b >= a for a, b in zip(raw, holm, strict=True))


def test_a_clear_difference_is_found() -> None:
    rng = np.random.default_rng(7)
    rates = np.array([0.95] * 20 + [0.5] * 20 + [0.5] * 20)
    scores = (rng.random((12, 60)) < rates).astype(float)
    pair = compared(scores, ["a"] * 20 + ["b"] * 20 + [""] * 20).differences[0]
    assert isinstance(pair.interval, Interval)
    assert pair.interval.low > 0.1


def test_the_error_of_a_difference_holds_its_level_under_no_difference() -> None:
    rng = np.random.default_rng(11)
    tries, wrong = 400, 0
    for _ in range(tries):
        latent = rng.normal(size=(8, 60)) + rng.normal(0, 0.8, 60) + rng.normal(0, 0.5, (8, 1))
        pair = compared((latent > 0.3).astype(float), ["a"] * 20 + ["b"] * 20 + [""] * 20)
        one = pair.differences[0]
        wrong += not isinstance(one.p_value, Undefined) and one.p_value < 0.05
    assert wrong / tries < 0.05 + 3 * np.sqrt(0.05 * 0.95 / tries)


def test_two_treatments_of_one_set_of_cases_have_the_published_mean_squares() -> None:
    path = published("VanDyke.xlsx")
    parts = [placements(*van_dyke(path, treatment=number)) for number in (1, 2)]
    found = f_test(parts, shared_artificial=True)
    assert isinstance(found, FTest)
    # F = MS(T) / (MS(TR) + 5 (Cov2 - Cov3)); MS(T) .004796171 and MS(TR) .0005510306, Hillis 2007.
    assert found.f == pytest.approx(0.004796171 / (0.0005510306 + 5 * 0.00010367688), rel=1e-5)
    assert found.df2 == pytest.approx(15.0661, abs=1e-4)
