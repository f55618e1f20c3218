"""Logarithms of the chances of an answer, and their derivatives, by link.

Both links are symmetric, G(-z) = 1 - G(z): an answer "yes" at the predictor eta has z = eta, an
answer "no" has z = -eta, so one function serves both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

import numpy as np
from scipy.special import erfcx, expit, log_ndtr

from survey.statistics.arrays import Floats

Link = Literal["probit", "logit"]


class Curve(NamedTuple):
    """log G(z) and its first three derivatives, each of the shape of z, float64."""

    value: Floats
    first: Floats
    second: Floats
    third: Floats


def probit(z: Floats) -> Curve:
    """Give log of the normal distribution function at `z` and its derivatives.

    The ratio of density to distribution is taken from erfcx, which neither cancels nor overflows
    where the distribution itself is 0 in float64.
    """
    ratio = np.sqrt(2 / np.pi) / erfcx(-z / np.sqrt(2))
    second = -ratio * (z + ratio)
    return Curve(log_ndtr(z), ratio, second, -second * (z + 2 * ratio) - ratio)


def logit(z: Floats) -> Curve:
    """Give log of the logistic distribution function at `z` and its derivatives."""
    first = expit(-z)
    second = -first * (1 - first)
    return Curve(-np.logaddexp(0, -z), first, second, -second * (1 - 2 * first))


CURVES: Mapping[Link, Callable[[Floats], Curve]] = {"probit": probit, "logit": logit}
