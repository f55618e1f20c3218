"""The mixed model of pairs: raters differ in skill, pairs in difficulty, chance is a half.

    P(rater r is right on pair k) = Phi(m + v_r + w_k)

The sensitivity is d' = sqrt(2) m for the average rater and the average pair. Fitted by Laplace's
approximation, as `mixed_model` is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr, ndtri

from survey.statistics.crossed import Term
from survey.statistics.interval import Interval, check_level
from survey.statistics.laplace import binomial
from survey.statistics.laplace_fit import maximise
from survey.statistics.mixed_figures import NOT_CONVERGED
from survey.statistics.undefined import Undefined

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

RATERS, PAIRS = "raters", "pairs"
_NOTES = {
    RATERS: "The spread of the raters' skills is estimated as 0, which does not show that they "
    "are equally skilled.",
    PAIRS: "The spread of the pairs' difficulty is estimated as 0, which does not show that they "
    "are equally hard.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PairsModel:
    """Sensitivity of the average rater on the average pair; spreads on the probit scale."""

    d_prime: float
    se: float
    interval: Interval
    p_value: float  # Wald, two-sided, against guessing
    part_right: float  # of a new rater on a new pair
    sd_raters: float
    sd_pairs: float
    converged: bool
    notes: tuple[str, ...]  # sentences on spreads of 0 and on a search that did not settle


def fit_pairs(
    correct: ArrayLike, *, level: float = 0.95, stop: Callable[[], bool] = lambda: False
) -> PairsModel | Undefined:
    """Fit (raters, pairs) answers: 1 right, 0 wrong, NaN missing. `stop` may raise `Stopped`."""
    check_level(level)
    table = np.atleast_2d(np.asarray(correct, np.float64))
    rater, pair = np.nonzero(~np.isnan(table))
    answers = table[rater, pair]
    if len(np.unique(rater)) < 2 or len(np.unique(pair)) < 2:
        return Undefined("Fewer than two raters or pairs: nothing says how much they differ.")
    if np.ptp(answers) == 0:
        return Undefined("All answers are right, or all wrong; no finite sensitivity fits.")
    ones = np.ones(len(answers))
    rater, pair = (np.unique(one, return_inverse=True)[1] for one in (rater, pair))
    terms = [
        Term(RATERS, rater, ones, int(rater.max()) + 1),
        Term(PAIRS, pair, ones, int(pair.max()) + 1),
    ]
    model = binomial(ones[:, None], terms, answers, ones, "probit")
    start = np.array([float(ndtri(np.clip(answers.mean(), 0.05, 0.95))), *np.log([0.5, 0.5])])
    fit = maximise(model, start, stop=stop)
    if fit.covariance is None or not np.isfinite(fit.parameters).all():
        return Undefined("The answers do not determine all figures of the model.")
    mean, root = float(fit.parameters[0]), float(np.sqrt(2))
    se = float(np.sqrt(fit.covariance[0, 0])) * root
    half = float(ndtri((1 + level) / 2)) * se
    sd_raters, sd_pairs = fit.sd(RATERS), fit.sd(PAIRS)
    return PairsModel(
        d_prime=mean * root,
        se=se,
        interval=Interval(mean * root - half, mean * root + half),
        p_value=float(2 * ndtr(-abs(mean * root) / se)),
        part_right=float(ndtr(mean / np.sqrt(1 + sd_raters**2 + sd_pairs**2))),
        sd_raters=sd_raters,
        sd_pairs=sd_pairs,
        converged=fit.converged,
        notes=(
            *(_NOTES[name] for name in fit.dropped),
            *(() if fit.converged else (NOT_CONVERGED,)),
        ),
    )
