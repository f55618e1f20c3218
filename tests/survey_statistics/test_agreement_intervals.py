"""How far coefficients of agreement may be off for other images: each is left out once."""

import numpy as np
import pytest
from scipy.stats import t as student

from survey.statistics.agreement import Agreement, agreement_by_truth
from survey.statistics.agreement_intervals import Intervals, jackknife_interval
from survey.statistics.arrays import Bools, Floats
from survey.statistics.interval import Interval
from survey.statistics.undefined import Undefined

TRUTH = np.arange(20) < 12


def answers(seed: int = 1) -> Floats:
    rng = np.random.default_rng(seed)
    likely = np.where(TRUTH, 0.7, 0.3) + rng.uniform(-0.2, 0.2, 20)
    return np.asarray(rng.random((8, 20)) < likely, dtype=np.float64)


def intervals_of(found: Agreement) -> Intervals:
    assert found.intervals is not None
    return found.intervals


def test_of_a_mean_it_is_the_t_interval() -> None:
    values = np.array([0.1, 0.4, 0.35, 0.8, 0.6])
    found = jackknife_interval(
        lambda kept: float(values[kept].mean()), np.zeros(5, dtype=np.int64), ends=(0, 1)
    )
    half = student.ppf(0.975, 4) * values.std(ddof=1) / np.sqrt(5)
    assert found == pytest.approx((values.mean() - half, values.mean() + half))


def test_of_a_sum_of_strata_it_takes_the_scatter_within_them() -> None:
    """Two kinds of images in numbers that are set: that they differ is no uncertainty."""
    values, kinds = np.array([1.0, 2.0, 3.0, 11.0, 12.0, 13.0]), np.array([0, 0, 0, 1, 1, 1])

    def both(kept: Bools) -> float:
        return float(sum(values[kept & (kinds == kind)].mean() for kind in (0, 1)) / 20)

    found = jackknife_interval(both, kinds, ends=(0, 1))
    half = student.ppf(0.975, 4) * np.sqrt(1 / 3 + 1 / 3) / 20
    assert found == pytest.approx((0.7 - half, 0.7 + half))


def test_raw_agreement_of_one_kind_has_the_t_interval_of_its_images() -> None:
    found = agreement_by_truth(answers(), TRUTH)["artificial"]
    said = answers()[:, TRUTH].sum(axis=0)
    each = (said * (said - 1) + (8 - said) * (7 - said)) / 56
    half = student.ppf(0.975, 11) * each.std(ddof=1) / np.sqrt(12)
    assert found.raw == pytest.approx(each.mean())
    assert intervals_of(found).raw == pytest.approx((each.mean() - half, each.mean() + half))


def test_every_coefficient_lies_in_its_interval_which_ends_at_one() -> None:
    for found in agreement_by_truth(answers(), TRUTH).values():
        for name in ("raw", "fleiss", "alpha", "ac1"):
            reach = getattr(intervals_of(found), name)
            assert isinstance(reach, Interval)
            assert reach.low < getattr(found, name) < reach.high <= 1


def test_what_has_no_value_has_no_interval_and_the_same_reason() -> None:
    found = agreement_by_truth(np.ones((4, 6)), [True, True, True, False, False, False])["all"]
    assert intervals_of(found).fleiss == found.fleiss
    assert isinstance(intervals_of(found).raw, Undefined)  # all agree on all: nothing varies


def test_one_image_of_a_kind_says_nothing_of_others() -> None:
    found = agreement_by_truth([[1, 0, 1], [1, 1, 0]], [True, True, False])["real"]
    assert isinstance(intervals_of(found).raw, Undefined)


def test_a_coefficient_that_hangs_on_one_image_has_no_interval() -> None:
    """Without its only dissent all answers are the same, and kappa is not defined."""
    table = np.ones((4, 6))
    table[0, 0] = 0
    found = agreement_by_truth(table, [True] * 6)["artificial"]
    assert isinstance(found.fleiss, float)
    assert isinstance(intervals_of(found).fleiss, Undefined)


def test_the_interval_holds_the_agreement_of_endless_images_in_nineteen_of_twenty_cases() -> None:
    """Each image is called artificial with a chance of .2, .5 or .8 by each of 8 raters alone."""
    rng, truth, held = np.random.default_rng(7), np.mean([0.68, 0.5, 0.68]), 0
    for _ in range(300):
        likely = rng.choice([0.2, 0.5, 0.8], 40)
        table = (rng.random((8, 40)) < likely).astype(float)
        counts = table.sum(axis=0)
        each = (counts * (counts - 1) + (8 - counts) * (7 - counts)) / 56

        def raw(kept: Bools, each: Floats = each) -> float:
            return float(each[kept].mean())

        found = jackknife_interval(raw, np.zeros(40, dtype=np.int64), ends=(0, 1))
        assert isinstance(found, Interval)
        held += bool(found.low <= truth <= found.high)
    assert held / 300 == pytest.approx(0.95, abs=0.035)
