"""Course of a session, times and confidence: slopes, ratios and where there are none."""

import numpy as np
import pytest
from scipy import stats

from survey.statistics.calibration import calibration
from survey.statistics.clustered import Estimate
from survey.statistics.learning import slope, stretches
from survey.statistics.times import times
from survey.statistics.undefined import Undefined

RATERS, POSITION = np.repeat(np.arange(6), 20), np.tile(np.arange(1, 21), 6)


def test_no_answer_has_no_slope_no_time_and_no_calibration() -> None:
    assert isinstance(slope([], [], []), Undefined)
    assert stretches([], [], []) == ()
    nothing, no, nobody = np.zeros(0), np.zeros(0, bool), np.zeros(0, np.int64)
    assert isinstance(times(nothing, no, no, nobody).wrong_to_right, Undefined)
    assert isinstance(calibration(nothing, no, nobody).type2_auc, Undefined)


def test_one_rater_has_no_slope() -> None:
    assert isinstance(slope([1, 0, 1], [1, 2, 3], ["a"] * 3), Undefined)


def test_answers_that_never_change_have_no_slope_with_an_error() -> None:
    assert isinstance(slope(np.ones(120), POSITION, RATERS), Undefined)


def test_balanced_positions_give_the_t_test_of_the_raters_own_slopes() -> None:
    right = (np.random.default_rng(8).random(120) < POSITION / 25).astype(float)
    found = slope(right, POSITION, RATERS)
    assert isinstance(found, Estimate)
    own = [stats.linregress(POSITION[:20], right[r == RATERS]).slope * 10 for r in range(6)]
    assert found.value == pytest.approx(np.mean(own))
    assert found.se == pytest.approx(stats.sem(own))
    assert found.p_value() == pytest.approx(stats.ttest_1samp(own, 0).pvalue)


def test_a_good_rater_who_saw_more_images_makes_no_slope() -> None:
    raters = np.repeat([0, 1], [5, 50])
    position = np.concatenate([np.arange(1, 6), np.arange(1, 51)])
    values = np.where(raters == 1, 1.0, 0.0)
    found = slope(values, position, raters)
    assert isinstance(found, Undefined)


def test_stretches_cover_every_position_once() -> None:
    found = stretches(np.ones(120), POSITION, RATERS, bins=10)
    assert [(one.first, one.last) for one in found][:2] == [(1, 2), (3, 4)]
    assert sum(one.answers for one in found) == 120
    assert len(stretches([1, 0], [1, 1], ["a", "b"])) == 1


def test_times_without_a_clock_are_left_out_and_counted() -> None:
    ms = np.array([100.0, np.nan, 0.0, -5.0, 400.0])
    yes = np.ones(5, bool)
    found = times(ms, yes, yes, np.arange(5))
    assert found.left_out == 3
    first = found.groups[0]
    assert first.answers == 2
    assert first.geometric_mean_ms == pytest.approx(200)
    assert isinstance(found.groups[1].median_ms, Undefined)


def test_wrong_answers_that_take_twice_as_long_have_a_log_ratio_of_log_two() -> None:
    raters = np.repeat(np.arange(4), 2)
    right = np.tile([True, False], 4)
    jitter = np.repeat([1, 1.1, 0.9, 1.0], 2) ** np.tile([1, 2], 4)
    found = times(1000 * np.where(right, 1, 2) * jitter, right, right, raters)
    assert isinstance(found.wrong_to_right, Estimate)
    assert found.wrong_to_right.value == pytest.approx(np.log(2) + np.log(1.1 * 0.9) / 4)


def test_confidence_that_sorts_right_from_wrong_has_an_area_of_one() -> None:
    right = np.tile([True, True, False, False], 3)
    sure = np.tile([3.0, 3.0, 1.0, 1.0], 3)
    found = calibration(sure, right, np.repeat(np.arange(3), 4))
    assert [step.right for step in found.steps] == [
        0,
        Undefined("No answer was given with this confidence."),
        1,
    ]
    assert isinstance(found.type2_auc, Undefined)  # all three the same: no error
    sure[0] = 1
    area = calibration(sure, right, np.repeat(np.arange(3), 4)).type2_auc
    assert isinstance(area, Estimate)
    assert area.value == pytest.approx((0.75 + 1 + 1) / 3)
