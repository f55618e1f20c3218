"""Laplace's approximation against lme4, finite differences and dense algebra."""

import numpy as np
import pytest

from survey.statistics.crossed import System, Term
from survey.statistics.laplace import Model, at, binomial
from survey.statistics.laplace_fit import maximise
from survey.statistics.links import CURVES, Link
from survey.statistics.reference_cbpp import cbpp
from survey.statistics.stopping import Stopped
from tests.survey_statistics.data import published


def crossed_model(link: Link, *, trials: int = 1, seed: int = 3) -> Model:
    """Six raters, nine images, four terms of two groupings, some answers missing."""
    rng = np.random.default_rng(seed)
    rater, image = np.divmod(np.arange(54), 9)
    keep = rng.random(54) < 0.8
    rater, image = rater[keep], image[keep]
    x = np.where(image < 5, 0.5, -0.5)
    ones = np.ones(len(x))
    terms = [
        Term("bias", rater, ones, 6),
        Term("sensitivity", rater, x, 6),
        Term("image", image, ones, 9),
        Term("half", image % 2, rng.normal(size=len(x)), 2),
    ]
    counts = np.full(len(x), float(trials))
    yes = rng.binomial(trials, 0.5, len(x)).astype(float)
    return binomial(np.column_stack([ones, x]), terms, yes, counts, link)


@pytest.mark.parametrize("link", ["probit", "logit"])
def test_derivatives_of_a_link_are_those_of_finite_differences(link: Link) -> None:
    z = np.linspace(-30, 12, 400)
    step = 1e-5
    above, at_z, below = (CURVES[link](z + shift) for shift in (step, 0.0, -step))
    for number in range(3):
        slope = (above[number] - below[number]) / (2 * step)
        np.testing.assert_allclose(at_z[number + 1], slope, rtol=1e-5, atol=2e-7)


@pytest.mark.parametrize("link", ["probit", "logit"])
def test_links_stay_finite_far_out(link: Link) -> None:
    for values in CURVES[link](np.array([-1e4, -300.0, 0.0, 300.0, 1e4])):
        assert np.isfinite(values).all()


@pytest.mark.parametrize("link", ["probit", "logit"])
@pytest.mark.parametrize("trials", [1, 7])
def test_the_gradient_is_that_of_finite_differences(link: Link, trials: int) -> None:
    model = crossed_model(link, trials=trials)
    parameters = np.array([-0.4, 0.7, -0.8, -0.9, -0.2, -1.5])
    step = 1e-5
    numeric = [
        (at(model, parameters + e).log_likelihood - at(model, parameters - e).log_likelihood)
        / (2 * step)
        for e in np.eye(6) * step
    ]
    np.testing.assert_allclose(at(model, parameters).gradient, numeric, atol=1e-7)


def test_the_eliminated_system_is_that_of_dense_algebra() -> None:
    model = crossed_model("probit")
    rng = np.random.default_rng(0)
    weight = rng.random(len(model.sign)) + 0.1
    designs = [(number + 1) * term.covariate for number, term in enumerate(model.terms)]
    dense = np.concatenate(
        [a[:, None] * np.eye(t.count)[t.level] for t, a in zip(model.terms, designs, strict=True)],
        axis=1,
    )
    whole = np.eye(dense.shape[1]) + dense.T @ (weight[:, None] * dense)
    system = System.of(model.terms, designs, weight)
    assert system.log_determinant == pytest.approx(np.linalg.slogdet(whole)[1])
    right = rng.normal(size=dense.shape[1])
    parts = np.split(right, np.cumsum([term.count for term in model.terms])[:-1])
    np.testing.assert_allclose(np.concatenate(system.solve(parts)), np.linalg.solve(whole, right))
    inverse = np.linalg.inv(whole)
    found = system.inverse()
    np.testing.assert_allclose(np.concatenate(found.diagonals), np.diag(inverse))
    np.testing.assert_allclose(
        found.leverage(model.terms, designs), np.einsum("ip,pq,iq->i", dense, inverse, dense)
    )


def test_lme4_s_cbpp_comes_out() -> None:
    # lme4, tests/test-glmer.R; oracle 22 of the survey method.
    model = cbpp(published("cbpp.csv"))
    fit = maximise(model, np.zeros(5))
    assert fit.converged
    expected = [-1.39855, -0.992336, -1.128675, -1.580304]
    np.testing.assert_allclose(fit.parameters[:4], expected, atol=1e-4)
    assert fit.sd("herd") == pytest.approx(0.642227, abs=1e-4)
    assert -2 * fit.point.log_likelihood == pytest.approx(184.0527, abs=2e-4)
    assert fit.covariance is not None
    # glmer's own standard errors, from its documentation: .2325 .3068 .3266 .4288.
    np.testing.assert_allclose(
        np.sqrt(np.diag(fit.covariance))[:4], [0.2325, 0.3068, 0.3266, 0.4288], atol=2e-3
    )


def test_a_model_without_random_terms_is_a_plain_regression() -> None:
    ones = np.ones((1, 1))
    model = binomial(ones, [], np.array([30.0]), np.array([40.0]), "logit")
    fit = maximise(model, np.zeros(1))
    assert fit.parameters[0] == pytest.approx(np.log(3), abs=1e-6)
    assert fit.covariance is not None
    assert fit.covariance[0, 0] == pytest.approx(1 / 30 + 1 / 10, rel=1e-5)


def test_a_term_without_spread_is_left_out() -> None:
    level = np.arange(40) % 4
    answers = (np.arange(40) // 4 % 2).astype(float)  # each level: exactly half
    model = binomial(
        np.ones((40, 1)), [Term("level", level, np.ones(40), 4)], answers, np.ones(40), "probit"
    )
    fit = maximise(model, np.array([0.3, -0.5]))
    assert fit.dropped == ("level",)
    assert fit.sd("level") == 0
    assert fit.parameters == pytest.approx([0], abs=1e-6)


def test_the_search_stops_when_asked() -> None:
    with pytest.raises(Stopped):
        maximise(crossed_model("logit"), np.zeros(6), stop=lambda: True)
