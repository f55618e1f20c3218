"""Obuchowski-Rockette against published and derived examples, and where it has no answer."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from survey.statistics.arrays import Bools, Floats
from survey.statistics.primary import (
    Primary,
    accuracies,
    obuchowski_rockette,
    obuchowski_rockette_batch,
)
from survey.statistics.undefined import Undefined


def table(positive: str, negative: str) -> tuple[Floats, Bools]:
    """Rows of digits, one a rater, parted by blanks."""
    rows = [
        [int(digit) for digit in p + n]
        for p, n in zip(positive.split(), negative.split(), strict=True)
    ]
    artificial = len(positive.split()[0])
    return np.array(rows, float), np.arange(len(rows[0])) < artificial


def primary(scores: Floats, truth: Bools) -> Primary:
    found = obuchowski_rockette(scores, truth)
    assert isinstance(found, Primary)
    return found


def test_one_rater_gives_no_interval_and_says_why() -> None:
    found = obuchowski_rockette(np.array([[1, 0, 1, 0]]), [True, True, False, False])
    assert found == Undefined("Fewer than two raters: nothing says how much raters differ.")


@pytest.mark.parametrize(
    ("truth", "reason"),
    [
        ([True] * 4, "No real image was judged."),
        ([False] * 4, "No artificial image was judged."),
        ([True, False, False, False], "Only one artificial image was judged"),
    ],
)
def test_a_kind_without_images_is_undefined(truth: list[bool], reason: str) -> None:
    found = obuchowski_rockette(np.array([[1, 0, 1, 0], [0, 0, 1, 1]]), truth)
    assert isinstance(found, Undefined)
    assert found.reason.startswith(reason)


def test_a_missing_answer_is_undefined_because_the_design_is_not_crossed() -> None:
    found = obuchowski_rockette(
        np.array([[1, 0, 1, np.nan], [0, 0, 1, 1]]), [True, True, False, False]
    )
    assert found == Undefined("Not every rater judged every image, which this method needs.")


@pytest.mark.parametrize("answer", [0.0, 1.0, 3.0])
def test_answers_that_are_all_the_same_have_no_interval(answer: float) -> None:
    found = obuchowski_rockette(np.full((3, 6), answer), [True] * 3 + [False] * 3)
    assert isinstance(found, Undefined)
    assert "how far the accuracy may be off" in found.reason


def test_raters_who_are_always_right_have_no_interval() -> None:
    found = obuchowski_rockette(np.array([[1, 1, 0, 0]] * 3), [True, True, False, False])
    assert isinstance(found, Undefined)


def test_one_constant_rater_among_others_is_no_trouble() -> None:
    scores, truth = table("1101 1111 1110", "001 111 000")
    assert primary(scores, truth).per_reader[1] == 0.5


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="scores are"):
        obuchowski_rockette(np.zeros((2, 3)), [True, False])
    with pytest.raises(ValueError, match=r"such as 0\.95"):
        obuchowski_rockette(np.zeros((2, 2)), [True, False], level=95)


def test_oracle_18_three_readers_with_graded_scores() -> None:
    found = primary(*table("5434 4425 5332", "1234 2142 1323"))
    assert found.per_reader == pytest.approx((0.84375, 0.8125, 0.71875), abs=1e-12)
    assert found.se == pytest.approx(0.0579975, abs=5e-8)
    assert found.df == pytest.approx(11.3728, abs=5e-5)
    assert found.interval(0.95) == pytest.approx((0.66452, 0.91881), abs=5e-6)


def test_oracle_19_binary_decisions_with_a_negative_covariance() -> None:
    found = primary(*table("1101 1001 1110", "001 010 000"))
    assert found.per_reader == pytest.approx((0.708333, 0.583333, 0.875), abs=5e-7)
    assert found.cov2 == pytest.approx(-0.006366, abs=5e-7)
    assert found.se == pytest.approx(0.0844828, abs=5e-8)
    assert found.df == pytest.approx(2)
    assert found.interval(clip=False).high == pytest.approx(1.0857, abs=5e-5)
    assert found.interval().high == 1


TRUTH = np.arange(9) < 5
decisions = arrays(np.float64, (4, 9), elements=st.sampled_from([0.0, 1.0]))
ratings = arrays(np.float64, (4, 9), elements=st.integers(1, 6).map(float))


@settings(max_examples=60, deadline=None)
@given(ratings)
def test_swapping_the_truth_mirrors_the_accuracy_about_a_half(scores: Floats) -> None:
    found, swapped = obuchowski_rockette(scores, TRUTH), obuchowski_rockette(scores, ~TRUTH)
    if isinstance(found, Undefined) or isinstance(swapped, Undefined):
        assert found == swapped
        return
    assert swapped.accuracy == pytest.approx(1 - found.accuracy)
    assert swapped.se == pytest.approx(found.se)


@settings(max_examples=60, deadline=None)
@given(ratings, st.permutations(range(4)), st.permutations(range(9)))
def test_the_order_of_raters_and_images_changes_nothing(
    scores: Floats, raters: list[int], images: list[int]
) -> None:
    found = obuchowski_rockette(scores, TRUTH)
    shuffled = obuchowski_rockette(scores[raters][:, images], TRUTH[images])
    if isinstance(found, Undefined):
        assert shuffled == found
        return
    assert isinstance(shuffled, Primary)
    assert shuffled.accuracy == pytest.approx(found.accuracy)
    assert shuffled.se == pytest.approx(found.se)


@settings(max_examples=60, deadline=None)
@given(decisions)
def test_of_decisions_it_is_the_balanced_accuracy(scores: Floats) -> None:
    hits, alarms = scores[:, TRUTH].mean(axis=1), scores[:, ~TRUTH].mean(axis=1)
    assert accuracies(scores, TRUTH) == pytest.approx((hits + 1 - alarms) / 2)
    assert accuracies(scores * 4 + 1, TRUTH) == pytest.approx((hits + 1 - alarms) / 2)


@settings(max_examples=60, deadline=None)
@given(arrays(np.float64, (3, 4, 9), elements=st.integers(0, 2).map(float)))
def test_a_batch_gives_what_each_study_gives_alone(scores: Floats) -> None:
    batch = obuchowski_rockette_batch(scores, TRUTH)
    low, high = batch.interval(0.95)
    for number, study in enumerate(scores):
        alone = obuchowski_rockette(study, TRUTH)
        if isinstance(alone, Undefined):
            assert np.isnan(low[number])
            continue
        assert batch.accuracy[number] == pytest.approx(alone.accuracy)
        assert (low[number], high[number]) == pytest.approx(alone.interval(0.95))


def test_a_batch_that_can_have_no_interval_is_refused() -> None:
    with pytest.raises(ValueError, match="Fewer than two raters"):
        obuchowski_rockette_batch(np.zeros((5, 1, 9)), TRUTH)


def test_readers_who_are_equally_good_have_normal_quantiles() -> None:
    scores, truth = table("1101 1011 1110", "001 001 001")
    found = primary(scores, truth)
    assert np.isinf(found.df)
    half = found.interval(clip=False).half_width
    assert half == pytest.approx(1.959964 * found.se, rel=1e-6)
