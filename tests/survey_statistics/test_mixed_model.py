"""The crossed probit model: known truth comes back, and what answers do not determine is said."""

import json
import time

import numpy as np
import pytest
from numpy.typing import NDArray

from survey.statistics.mixed_model import (
    MixedModel,
    fit_matrix,
    fit_mixed_model,
)
from survey.statistics.portable import to_json
from survey.statistics.stopping import Stopped
from survey.statistics.undefined import Undefined

Matrix = NDArray[np.float64]


def simulated(
    seed: int,
    *,
    raters: int = 20,
    artificial: int = 16,
    real: int = 12,
    d_prime: float = 1.0,
    criterion: float = 0.5,
    bias: float = 0.5,
    sensitivity: float = 0.4,
    image: float = 0.8,
) -> tuple[Matrix, NDArray[np.int_]]:
    rng = np.random.default_rng(seed)
    truth = np.repeat([1, 0], [artificial, real])
    u, v = rng.normal(0, bias, (raters, 1)), rng.normal(0, sensitivity, (raters, 1))
    w = rng.normal(0, image, artificial + real)
    eta = -criterion + u + (d_prime + v) * (truth - 0.5) + w
    return (eta + rng.standard_normal(eta.shape) > 0).astype(float), truth


def fitted(decisions: Matrix, truth: NDArray[np.int_]) -> MixedModel:
    found = fit_matrix(decisions, truth)
    assert isinstance(found, MixedModel)
    return found


def test_answers_without_real_images_give_no_model() -> None:
    found = fit_matrix(np.ones((3, 4)), np.ones(4))
    assert found == Undefined("No real image was judged.")


def test_one_rater_gives_no_model() -> None:
    assert fit_matrix(np.array([[1, 0, 1, 0]]), np.array([1, 1, 0, 0])) == Undefined(
        "One rater alone does not show how raters differ."
    )


def test_one_real_image_gives_no_model() -> None:
    found = fit_matrix(np.array([[1, 0, 1], [1, 1, 0]]), np.array([1, 1, 0]))
    assert found == Undefined("One real image alone does not show how such images differ.")


def test_unanimous_answers_give_no_model() -> None:
    truth = np.array([1, 1, 1, 0, 0])
    found = fit_matrix(np.tile(truth, (4, 1)), truth)
    assert isinstance(found, Undefined)
    assert "was “real”: the model has no finite d-prime" in found.reason


def test_a_generator_that_nobody_was_fooled_by_is_left_out_with_a_note() -> None:
    decisions, truth = simulated(29)
    arms = ["good"] * 12 + ["bad"] * 4 + [""] * 12
    decisions[:, 12:16] = 1
    found = fit_matrix(decisions, truth, arms)
    assert isinstance(found, MixedModel)
    assert [arm.name for arm in found.arms] == ["good"]
    assert len(found.images) == 24
    assert found.notes[-1] == (
        "Left out: Every answer to “bad” images was “artificial”: the model has no finite d-prime."
    )


def test_no_answer_at_all_gives_no_model() -> None:
    found = fit_matrix(np.full((3, 4), np.nan), np.array([1, 1, 0, 0]))
    assert found == Undefined("No artificial image was judged.")


def test_images_on_which_all_raters_agree_have_no_finite_spread() -> None:
    rows = np.tile([1, 0, 1, 0, 1, 0, 0, 1], (12, 1))
    found = fit_matrix(rows, np.repeat([1, 0], 4))
    assert isinstance(found, Undefined)
    assert "no finite estimate" in found.reason


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="equally long"):
        fit_mixed_model([1], [1, 2], [None], [True])


def test_a_fit_stops_when_asked() -> None:
    decisions, truth = simulated(1)
    with pytest.raises(Stopped):
        fit_matrix(decisions, truth, stop=lambda: True)


def test_known_parameters_come_back_from_many_answers() -> None:
    decisions, truth = simulated(5, raters=60, artificial=60, real=60)
    found = fitted(decisions, truth)
    assert found.converged
    for figure, true in ((found.d_prime, 1.0), (found.criterion, 0.5)):
        assert abs(figure.value - true) < 3 * figure.se
    assert found.sd_rater_bias.value == pytest.approx(0.5, abs=0.15)
    assert found.sd_rater_sensitivity.value == pytest.approx(0.4, abs=0.2)
    assert found.sd_image.value == pytest.approx(0.8, abs=0.15)
    # Phi(d' / 2 -+ c, flattened by the spreads), of section B's model.
    assert found.balanced_accuracy.value == pytest.approx(0.639, abs=0.06)


def test_the_paper_s_size_takes_less_than_five_seconds() -> None:
    decisions, truth = simulated(3)
    begin = time.perf_counter()
    found = fitted(decisions, truth)
    assert time.perf_counter() - begin < 5
    assert found.answers == 20 * 28
    assert len(found.raters) == 20
    assert len(found.images) == 28


def test_a_hard_image_and_a_biased_rater_are_recognised() -> None:
    decisions, truth = simulated(7, image=0.3, bias=0.2, sensitivity=0.2, d_prime=1.5)
    decisions[:, 0] = 0  # an artificial image that all take for real
    decisions[4] = 1
    found = fitted(decisions, truth)
    assert max(found.images, key=lambda image: image.difficulty).image == 0
    assert min(found.raters, key=lambda rater: rater.criterion).rater == 4


def test_a_spread_of_zero_is_a_noted_boundary() -> None:
    rng = np.random.default_rng(11)
    truth = np.repeat([1, 0], [16, 12])
    decisions = (rng.random((20, 28)) < 0.5).astype(float)
    found = fitted(decisions, truth)
    zero = [
        spread
        for spread in (found.sd_image, found.sd_rater_bias, found.sd_rater_sensitivity)
        if spread.at_boundary
    ]
    assert zero
    assert all(spread.value == 0 for spread in zero)
    assert len(found.notes) == len(zero)


def test_missing_answers_leave_an_honest_fit() -> None:
    decisions, truth = simulated(13, raters=40, artificial=30, real=30)
    complete = fitted(decisions, truth)
    rng = np.random.default_rng(0)
    decisions[rng.random(decisions.shape) < 0.5] = np.nan
    partial = fitted(decisions, truth)
    assert partial.answers == np.isfinite(decisions).sum()
    assert abs(partial.d_prime.value - complete.d_prime.value) < 2 * partial.d_prime.se
    assert partial.d_prime.se > complete.d_prime.se


def test_two_generators_are_compared_on_the_same_real_images() -> None:
    rng = np.random.default_rng(17)
    arms = ["good"] * 30 + ["poor"] * 30 + [""] * 30
    truth = np.repeat([1, 1, 0], 30)
    mean = np.repeat([-0.3, 1.0, -0.5], 30)
    eta = mean + rng.normal(0, 0.4, (30, 1)) + rng.normal(0, 0.5, 90)
    decisions = (eta + rng.standard_normal(eta.shape) > 0).astype(float)
    found = fit_matrix(decisions, truth, arms)
    assert isinstance(found, MixedModel)
    good, poor = found.arms
    assert (good.name, poor.name) == ("good", "poor")
    assert abs(good.d_prime.value - 0.2) < 3 * good.d_prime.se
    assert abs(poor.d_prime.value - 1.5) < 3 * poor.d_prime.se
    (contrast,) = found.contrasts
    assert contrast.d_prime.value == pytest.approx(good.d_prime.value - poor.d_prime.value)
    assert contrast.p < 0.001
    # They share the real images: the difference is known better than two separate d' would say.
    apart = (good.d_prime.se**2 + poor.d_prime.se**2) ** 0.5
    assert contrast.d_prime.se < apart


def test_names_of_raters_and_images_come_back() -> None:
    decisions, truth = simulated(19, raters=6)
    rows = [(f"R{r}", f"I{i}") for r in range(6) for i in range(28)]
    found = fit_mixed_model(
        [rater for rater, _ in rows],
        [image for _, image in rows],
        ["arm" if truth[int(image[1:])] else None for _, image in rows],
        [bool(decisions[int(r[1:]), int(i[1:])]) for r, i in rows],
    )
    assert isinstance(found, MixedModel)
    assert [rater.rater for rater in found.raters] == [f"R{r}" for r in range(6)]
    assert found.images[0].arm == "arm"
    assert found.images[-1].arm is None
    same = fitted(decisions, truth)
    assert found.d_prime.value == pytest.approx(same.d_prime.value, abs=1e-6)


@pytest.mark.parametrize("seed", range(12))
def test_small_and_odd_studies_give_finite_figures_or_a_reason(seed: int) -> None:
    rng = np.random.default_rng(seed)
    truth = rng.random(10) < 0.5
    eta = rng.normal(0, 1, (5, 1)) + 2 * truth + rng.normal(0, rng.choice([0, 1, 4]), 10)
    decisions = (eta - 1 + rng.standard_normal((5, 10)) > 0).astype(float)
    decisions[rng.random((5, 10)) < 0.3] = np.nan
    found = fit_matrix(decisions, truth, rng.choice(["a", "b"], 10).tolist())
    if isinstance(found, Undefined):
        assert found.reason.endswith(".")
    else:
        json.dumps(to_json(found), allow_nan=False)


@pytest.mark.slow
def test_200_raters_and_300_images_take_less_than_half_a_minute() -> None:
    decisions, truth = simulated(23, raters=200, artificial=150, real=150)
    begin = time.perf_counter()
    found = fitted(decisions, truth)
    assert time.perf_counter() - begin < 30
    assert found.converged
