"""Means with clustered errors, against what they must reduce to."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from survey.statistics.arrays import Floats
from survey.statistics.clustered import Estimate, clustered_mean, t_mean
from survey.statistics.interval import Interval
from survey.statistics.undefined import Undefined

RATERS, IMAGES = np.repeat(np.arange(5), 8), np.tile(np.arange(8), 5)


def test_nothing_to_average_is_undefined() -> None:
    assert clustered_mean([], []) == Undefined("There is no value to average.")


def test_one_cluster_is_undefined() -> None:
    found = clustered_mean([0.0, 1.0], ["a", "a"])
    assert isinstance(found, Undefined)
    assert found.reason.startswith("Fewer than two clusters")


def test_values_that_do_not_vary_are_undefined() -> None:
    assert isinstance(clustered_mean(np.ones(40), RATERS, IMAGES), Undefined)


def test_clusters_of_one_size_give_the_t_interval_of_their_means() -> None:
    values = np.random.default_rng(3).random(40)
    found = clustered_mean(values, RATERS)
    assert isinstance(found, Estimate)
    means = values.reshape(5, 8).mean(axis=1)
    expected = stats.t.interval(0.95, 4, means.mean(), stats.sem(means))
    assert found.interval == pytest.approx(expected)
    assert found.p_value(0.4) == pytest.approx(stats.ttest_1samp(means, 0.4).pvalue)


def test_two_ways_match_the_three_variances_written_out() -> None:
    values = np.random.default_rng(4).random((5, 8)) + np.linspace(0, 1, 8) + np.eye(5, 8) * 2
    found = clustered_mean(values.ravel(), RATERS, IMAGES)
    assert isinstance(found, Estimate)
    rest = values - values.mean()
    by_rater = 5 / 4 * (rest.sum(axis=1) ** 2).sum()
    by_image = 8 / 7 * (rest.sum(axis=0) ** 2).sum()
    by_answer = 40 / 39 * (rest**2).sum()
    assert found.se**2 * 40**2 == pytest.approx(
        max(by_rater + by_image - by_answer, by_rater, by_image)
    )
    assert found.df == 4


@settings(max_examples=60, deadline=None)
@given(arrays(np.float64, 40, elements=st.sampled_from([0.0, 1.0])), st.permutations(range(40)))
def test_the_order_of_the_answers_changes_nothing(values: Floats, order: list[int]) -> None:
    found = clustered_mean(values, RATERS, IMAGES)
    shuffled = clustered_mean(values[order], RATERS[order], IMAGES[order])
    if isinstance(found, Undefined):
        assert shuffled == found
        return
    assert isinstance(shuffled, Estimate)
    assert shuffled.interval == pytest.approx(found.interval)


def test_an_interval_is_cut_to_what_the_quantity_can_be() -> None:
    found = clustered_mean([0.0, 1.0], [1, 2], clip=(0, 1))
    assert isinstance(found, Estimate)
    assert found.interval == Interval(0.0, 1.0)


def test_raters_without_a_value_are_left_out_of_a_mean_over_raters() -> None:
    found = t_mean([0.5, np.nan, 0.7])
    assert isinstance(found, Estimate)
    assert (found.value, found.n) == pytest.approx((0.6, 2))
