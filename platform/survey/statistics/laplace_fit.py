"""Maximum of the Laplace likelihood, with what its curvature says of the precision."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from survey.statistics.arrays import Floats
from survey.statistics.laplace import Model, Point, at
from survey.statistics.progress import Stop, never
from survey.statistics.stopping import Stopped

LOG_SD = (-7.0, 2.3)  # where standard deviations are looked for: 0.001 to 10 units of the link
SMALL_SD = 0.1  # below it a term is tried without
NO_WORSE = 1e-3  # in log-likelihood: then the term stays out
HESSIAN_STEP = 1e-4
DECREMENT = 1e-4  # twice the log-likelihood that a Newton step would still gain, at most


@dataclass(frozen=True, slots=True)
class Fit:
    """Parameters (p + terms,) at the maximum: beta, then log sigma of the terms that are left."""

    model: Model
    parameters: Floats
    covariance: Floats | None  # inverse of the observed information; None where it is singular
    point: Point
    converged: bool
    dropped: tuple[str, ...]  # terms whose standard deviation is estimated as 0

    @property
    def columns(self) -> int:
        return self.model.fixed.shape[1]

    def index(self, name: str) -> int | None:
        """Give the place of a term among the terms that are left."""
        names = [term.name for term in self.model.terms]
        return names.index(name) if name in names else None

    def sd(self, name: str) -> float:
        """Give a term's standard deviation, 0 where it was dropped."""
        place = self.index(name)
        return 0.0 if place is None else float(np.exp(self.parameters[self.columns + place]))


def maximise(model: Model, start: Floats, *, stop: Stop = never) -> Fit:
    """Find the maximum from `start` (p + terms,).

    A standard deviation that runs to 0 has no maximum on the log scale: its term is left out where
    the likelihood does not miss it. Raises `Stopped` where `stop()` says so.
    """
    parameters, point = _climb(model, start, stop)
    columns = model.fixed.shape[1]
    sigma = np.exp(parameters[columns:])
    dropped = tuple(term.name for term, sd in zip(model.terms, sigma, strict=True) if sd < SMALL_SD)
    if dropped:
        kept = [n for n, term in enumerate(model.terms) if term.name not in dropped]
        smaller = model.without(dropped)
        reduced = np.concatenate([parameters[:columns], parameters[columns:][kept]])
        reduced, smaller_point = _climb(smaller, reduced, stop)
        if smaller_point.log_likelihood >= point.log_likelihood - NO_WORSE:
            model, parameters, point = smaller, reduced, smaller_point
        else:
            dropped = ()
    information = -_hessian(model, parameters, point, stop)
    try:
        np.linalg.cholesky(information)
        covariance = np.linalg.inv(information)
    except np.linalg.LinAlgError:
        return Fit(model, parameters, None, point, False, dropped)
    step = covariance @ point.gradient
    decrement = float(step @ point.gradient)
    polished = at(model, parameters + step, point.spherical)
    if np.linalg.norm(polished.gradient) < np.linalg.norm(point.gradient):
        parameters, point = parameters + step, polished
    return Fit(model, parameters, covariance, point, decrement < DECREMENT, dropped)


def _climb(model: Model, start: Floats, stop: Stop) -> tuple[Floats, Point]:
    """Run L-BFGS-B; each mode is searched from the last one."""
    columns = model.fixed.shape[1]
    last: Point | None = None

    def fall(parameters: Floats) -> tuple[float, Floats]:
        nonlocal last
        if stop():
            raise Stopped
        last = at(model, parameters, None if last is None else last.spherical)
        return -last.log_likelihood, -last.gradient

    bounds = [(None, None)] * columns + [LOG_SD] * len(model.terms)
    found = minimize(
        fall,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"ftol": 1e-11, "gtol": 1e-5, "maxiter": 300},
    )
    return found.x, at(model, found.x, None if last is None else last.spherical)


def _hessian(model: Model, parameters: Floats, point: Point, stop: Stop) -> Floats:
    """Differentiate the exact gradient by central differences; (p + terms, p + terms)."""
    columns = []
    for number in range(len(parameters)):
        if stop():
            raise Stopped
        step = np.zeros_like(parameters)
        step[number] = HESSIAN_STEP
        above = at(model, parameters + step, point.spherical).gradient
        below = at(model, parameters - step, point.spherical).gradient
        columns.append((above - below) / (2 * HESSIAN_STEP))
    hessian = np.array(columns)
    return (hessian + hessian.T) / 2
