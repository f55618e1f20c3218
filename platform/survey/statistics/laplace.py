"""Marginal likelihood of a binomial mixed model by Laplace's approximation, with its gradient.

The predictor of row i is  eta_i = x_i' beta + sum_k sigma_k a_ik b_k[level_ik],  b ~ N(0, I): any
number of random terms, each with one level and one covariate a row (an intercept has covariate 1).
With H = I + sum_i W_i a_i a_i' at the mode of b (W the observed weights),

    L(beta, sigma) = sum_i w_i log G(s_i eta_i) - b'b / 2 - log|H| / 2   (Tierney & Kadane 1986)

The gradient is exact: the mode moves with the parameters, by the implicit function theorem. Both
links are log-concave, W_i > 0, so that Newton's method with halved steps always finds the mode.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from survey.statistics.arrays import Floats
from survey.statistics.crossed import System, Term, predict
from survey.statistics.links import CURVES, Curve, Link

NEWTON_STEPS = 100
NEWTON_TOLERANCE = 1e-10  # of the largest part of a step, in units of b


@dataclass(frozen=True, slots=True)
class Model:
    """Rows of answers: `fixed` (n, p), `sign` (n,) +1 yes or -1 no, `weight` (n,) counts."""

    fixed: Floats
    terms: tuple[Term, ...]
    sign: Floats
    weight: Floats
    link: Link
    constant: float = 0.0  # of the log-likelihood: the binomial coefficients

    def without(self, names: Sequence[str]) -> Model:
        terms = tuple(term for term in self.terms if term.name not in names)
        return Model(self.fixed, terms, self.sign, self.weight, self.link, self.constant)


def binomial(
    fixed: Floats, terms: Sequence[Term], successes: Floats, trials: Floats, link: Link
) -> Model:
    """Give the model of `successes` (n,) out of `trials` (n,): a row each for yes and for no."""
    both = [np.flatnonzero(successes > 0), np.flatnonzero(trials > successes)]
    rows = np.concatenate(both)
    coefficient = gammaln(trials + 1) - gammaln(successes + 1) - gammaln(trials - successes + 1)
    return Model(
        fixed=fixed[rows],
        # The largest goes last, where it is eliminated.
        terms=tuple(
            Term(term.name, term.level[rows], term.covariate[rows], term.count)
            for term in sorted(terms, key=lambda term: term.count)
        ),
        sign=np.repeat([1.0, -1.0], [len(part) for part in both]),
        weight=np.concatenate([successes[both[0]], (trials - successes)[both[1]]]).astype(float),
        link=link,
        constant=float(coefficient.sum()),
    )


@dataclass(frozen=True, slots=True)
class Point:
    """The approximation at one value of the parameters.

    `gradient` (p + terms,) is by beta and by log sigma; `modes` and `variances` (levels,) a term
    are of sigma * b, given the parameters.
    """

    log_likelihood: float
    gradient: Floats
    spherical: tuple[Floats, ...]  # the mode of b, where the next search starts
    modes: tuple[Floats, ...]
    variances: tuple[Floats, ...]


def at(model: Model, parameters: Floats, start: Sequence[Floats] | None = None) -> Point:
    """Evaluate the approximation at `parameters` (p + terms,): beta, then log sigma."""
    columns = model.fixed.shape[1]
    beta, sigma = parameters[:columns], np.exp(parameters[columns:])
    designs = [
        scale * term.covariate for scale, term in zip(sigma, model.terms, strict=True)
    ]  # each (n,)
    b, curve = _mode(model, designs, model.fixed @ beta, start)
    slope = model.sign * model.weight * curve.first
    if not model.terms:
        value = float(model.weight @ curve.value) + model.constant
        return Point(value, model.fixed.T @ slope, (), (), ())
    system = System.of(model.terms, designs, -model.weight * curve.second)
    inverse = system.inverse()
    # -log|H|/2 changes with eta by this much, row by row.
    bend = 0.5 * inverse.leverage(model.terms, designs) * model.sign * model.weight * curve.third
    pull = system.solve([term.sums(bend * a) for term, a in zip(model.terms, designs, strict=True)])
    # d(mode) = H^-1 A'(-W) d(eta): seen from the rows, the mode's answer to a change of eta.
    moved = bend - system.weight * predict(model.terms, designs, pull)
    by_sigma = []
    for number, (term, a) in enumerate(zip(model.terms, designs, strict=True)):
        own = a * b[number][term.level]
        trace = term.count - inverse.diagonals[number].sum()
        by_sigma.append(
            float((slope + moved) @ own) - float(trace) + float(pull[number] @ b[number])
        )
    value = float(model.weight @ curve.value) - 0.5 * sum(float(part @ part) for part in b)
    return Point(
        log_likelihood=value - 0.5 * system.log_determinant + model.constant,
        gradient=np.concatenate([model.fixed.T @ (slope + moved), by_sigma]),
        spherical=tuple(b),
        modes=tuple(scale * part for scale, part in zip(sigma, b, strict=True)),
        variances=tuple(
            scale**2 * part for scale, part in zip(sigma, inverse.diagonals, strict=True)
        ),
    )


def _mode(
    model: Model, designs: Sequence[Floats], offset: Floats, start: Sequence[Floats] | None
) -> tuple[list[Floats], Curve]:
    """Find the mode of b and the curve of log G there, by Newton's method with halved steps."""
    curve_of = CURVES[model.link]
    if not model.terms:
        return [], curve_of(model.sign * offset)
    b = [np.zeros(term.count) for term in model.terms] if start is None else list(start)

    def height(candidate: Sequence[Floats]) -> tuple[float, Curve]:
        curve = curve_of(model.sign * (offset + predict(model.terms, designs, candidate)))
        penalty = 0.5 * sum(float(part @ part) for part in candidate)
        return float(model.weight @ curve.value) - penalty, curve

    value, curve = height(b)
    for _ in range(NEWTON_STEPS):
        slope = model.sign * model.weight * curve.first
        uphill = [
            term.sums(slope * a) - part
            for term, a, part in zip(model.terms, designs, b, strict=True)
        ]
        system = System.of(model.terms, designs, -model.weight * curve.second)
        step = system.solve(uphill)
        if max((float(np.abs(part).max()) for part in step), default=0.0) < NEWTON_TOLERANCE:
            break
        share = 1.0
        while share > 1e-8:
            candidate = [part + share * move for part, move in zip(b, step, strict=True)]
            new_value, new_curve = height(candidate)
            # Rounding in a sum of many rows must not stop the last steps.
            if new_value >= value - 1e-12 * (1 + abs(value)):
                break
            share /= 2
        else:
            break
        b, value, curve = candidate, new_value, new_curve
    return b, curve
