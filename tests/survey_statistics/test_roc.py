"""ROC curves against Hanley & McNeil's example."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from survey.statistics.arrays import Bools, Floats
from survey.statistics.roc import Roc, auc, delong_se, graded, hanley_mcneil_se, roc
from survey.statistics.separation import auc as auc_of_pairs
from survey.statistics.undefined import Undefined


def hanley_mcneil() -> tuple[Floats, Bools]:
    """58 normal and 51 abnormal cases, rated 1 to 5."""
    normal = np.repeat([1, 2, 3, 4, 5], [33, 6, 6, 11, 2])
    abnormal = np.repeat([1, 2, 3, 4, 5], [3, 2, 2, 11, 33])
    scores = np.concatenate([abnormal, normal]).astype(float)
    return scores, np.arange(len(scores)) < len(abnormal)


@pytest.mark.parametrize("truth", [[True, True], [False, False]])
def test_one_kind_of_image_has_no_curve(truth: list[bool]) -> None:
    for figure in (roc, auc, delong_se):
        assert isinstance(figure([1, 2], truth), Undefined)


def test_answers_that_are_all_missing_have_no_curve() -> None:
    assert roc([np.nan, np.nan], [True, False]) == Undefined("No artificial image was judged.")


def test_oracle_16_area_and_both_errors() -> None:
    scores, truth = hanley_mcneil()
    assert auc(scores, truth) == pytest.approx(0.893171, abs=5e-7)
    assert hanley_mcneil_se(0.893171, 51, 58) == pytest.approx(0.032487, abs=5e-7)
    assert delong_se(scores, truth) == pytest.approx(0.030724, abs=5e-7)


@pytest.mark.parametrize(("area", "images"), [(1.0, 5), (0.0, 5), (0.7, 0)])
def test_hanley_and_mcneils_error_is_undefined_at_the_ends(area: float, images: int) -> None:
    assert isinstance(hanley_mcneil_se(area, images, 5), Undefined)


def test_kinds_that_are_sorted_perfectly_have_no_error() -> None:
    assert isinstance(delong_se([3, 3, 1, 1], [True, True, False, False]), Undefined)


def test_a_decision_and_its_confidence_make_six_steps() -> None:
    steps = graded([0, 0, 0, 1, 1, 1, np.nan], [3, 2, 1, 1, 2, 3, 1])
    assert steps[:6].tolist() == [1, 2, 3, 4, 5, 6]
    assert np.isnan(steps[6])


TRUTH = np.arange(12) < 7


@settings(max_examples=60, deadline=None)
@given(arrays(np.float64, 12, elements=st.integers(1, 6).map(float)))
def test_the_curve_rises_from_corner_to_corner_and_holds_its_area(scores: Floats) -> None:
    found = roc(scores, TRUTH)
    assert isinstance(found, Roc)
    x, y = np.array(found.false_alarm_rate), np.array(found.hit_rate)
    assert (x[0], y[0], x[-1], y[-1]) == (0, 0, 1, 1)
    assert (np.diff(x) >= 0).all() and (np.diff(y) >= 0).all()
    assert (np.diff(x) * (y[1:] + y[:-1]) / 2).sum() == pytest.approx(found.auc)
    assert auc_of_pairs(scores[TRUTH].tolist(), scores[~TRUTH].tolist()) == pytest.approx(found.auc)


@settings(max_examples=60, deadline=None)
@given(arrays(np.float64, 12, elements=st.integers(1, 6).map(float)))
def test_only_the_order_of_the_scores_counts(scores: Floats) -> None:
    assert auc(scores, TRUTH) == pytest.approx(auc(np.exp(scores), TRUTH))
