"""Figures of a fitted crossed probit model, in the terms of signal detection."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from scipy.special import ndtr
from scipy.stats import norm

from survey.statistics.arrays import Floats, Ints
from survey.statistics.interval import Interval
from survey.statistics.laplace_fit import Fit

BIAS, SENSITIVITY, IMAGE = "rater bias", "rater sensitivity", "image"
SLOPE_STEP = 1e-5


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A figure with its standard error and intervals (Wald, from the observed information)."""

    value: float
    se: float
    interval95: Interval
    interval90: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """A standard deviation in units of the probit scale; no interval where it is estimated as 0."""

    value: float
    interval95: Interval | None

    @property
    def at_boundary(self) -> bool:
        return self.interval95 is None


@dataclass(frozen=True, slots=True)
class Arm:
    """One generator against the real images. d' and c are of the average rater and image.

    `balanced_accuracy` is the model's for a new rater and new images, so it is comparable with the
    average over readers: the spreads flatten d' to d' / sqrt(1 + their variances).
    """

    name: str
    d_prime: Estimate
    criterion: Estimate
    balanced_accuracy: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """How much larger the d' of `first` is than that of `second`; p is Wald's, two-sided."""

    first: str
    second: str
    d_prime: Estimate
    p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RaterEffect:
    """A rater's d' and criterion, drawn towards the average (modes of the random effects)."""

    rater: Hashable
    d_prime: float
    criterion: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageEffect:
    """What an image adds to the looks of its kind (mode of w_i, probit units).

    `lean` above 0: it looks more artificial than others of its kind. `difficulty` above 0: it is
    judged wrongly more often than they are, which for a real image is the same and for an
    artificial one the reverse.
    """

    image: Hashable
    arm: str | None  # None: real
    lean: float
    difficulty: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MixedModel:
    """What the crossed probit model says. `notes` are sentences on estimates at a boundary."""

    answers: int
    d_prime: Estimate  # mean over arms
    criterion: Estimate
    balanced_accuracy: Estimate
    arms: tuple[Arm, ...]
    contrasts: tuple[Contrast, ...]
    sd_rater_bias: Spread
    sd_rater_sensitivity: Spread
    sd_image: Spread
    raters: tuple[RaterEffect, ...]
    images: tuple[ImageEffect, ...]
    log_likelihood: float
    converged: bool
    notes: tuple[str, ...]


def figures_of(
    fit: Fit,
    *,
    answers: int,
    arms: Sequence[str],
    raters: Sequence[Hashable],
    images: Sequence[Hashable],
    kinds: Ints,  # (images,): 0 real, else the number of the arm, from 1
) -> MixedModel:
    """Read figures off a fit whose fixed effects are real images, then one an arm."""
    each = np.eye(len(arms))
    average = np.full(len(arms), 1 / len(arms))
    d_prime, criterion, accuracy = _three(fit, average)
    modes = {term.name: mode for term, mode in zip(fit.model.terms, fit.point.modes, strict=True)}
    bias = modes.get(BIAS, np.zeros(len(raters)))
    surplus = modes.get(SENSITIVITY, np.zeros(len(raters)))
    lean = modes.get(IMAGE, np.zeros(len(images)))
    return MixedModel(
        answers=answers,
        d_prime=d_prime,
        criterion=criterion,
        balanced_accuracy=accuracy,
        arms=tuple(Arm(name, *_three(fit, share)) for name, share in zip(arms, each, strict=True)),
        contrasts=tuple(
            _contrast(fit, arms[m], arms[n], each[m] - each[n])
            for m in range(len(arms))
            for n in range(m + 1, len(arms))
        ),
        sd_rater_bias=_spread(fit, BIAS),
        sd_rater_sensitivity=_spread(fit, SENSITIVITY),
        sd_image=_spread(fit, IMAGE),
        raters=tuple(
            RaterEffect(
                rater=name,
                d_prime=d_prime.value + float(surplus[n]),
                criterion=criterion.value - float(bias[n]),
            )
            for n, name in enumerate(raters)
        ),
        images=tuple(
            ImageEffect(
                image=name,
                arm=arms[kinds[n] - 1] if kinds[n] else None,
                lean=float(lean[n]),
                difficulty=float(-lean[n] if kinds[n] else lean[n]),
            )
            for n, name in enumerate(images)
        ),
        log_likelihood=fit.point.log_likelihood,
        converged=fit.converged,
        notes=(
            *(_NOTES[name] for name in fit.dropped),
            *(() if fit.converged else (NOT_CONVERGED,)),
        ),
    )


NOT_CONVERGED = "The search did not settle: take these figures as approximate."
_NOTES = {
    BIAS: "The spread of the raters' leanings is estimated as 0, which does not show that they "
    "lean alike.",
    SENSITIVITY: "The spread of the raters' skills is estimated as 0, which does not show that "
    "they are equally skilled.",
    IMAGE: "The spread of images of a kind is estimated as 0, which does not show that they are "
    "equally hard.",
}


def estimate(fit: Fit, figure: Callable[[Floats], float]) -> Estimate:
    """Give a smooth figure of the parameters with its error by the delta method."""
    slope = np.array(
        [
            (figure(fit.parameters + step) - figure(fit.parameters - step)) / (2 * SLOPE_STEP)
            for step in np.eye(len(fit.parameters)) * SLOPE_STEP
        ]
    )
    value, se = figure(fit.parameters), math.sqrt(float(slope @ _covariance(fit) @ slope))
    wide, narrow = float(norm.ppf(0.975)) * se, float(norm.ppf(0.95)) * se
    return Estimate(
        value=value,
        se=se,
        interval95=Interval(value - wide, value + wide),
        interval90=Interval(value - narrow, value + narrow),
    )


def _three(fit: Fit, shares: Floats) -> tuple[Estimate, Estimate, Estimate]:
    """Give d', criterion and balanced accuracy of a mixture of arms; `shares` (arms,) add to 1."""
    accuracy = estimate(fit, partial(_accuracy, fit=fit, shares=shares))
    return (
        estimate(fit, partial(_d_prime, shares=shares)),
        estimate(fit, partial(_criterion, shares=shares)),
        replace(
            accuracy,
            interval95=accuracy.interval95.clipped(),
            interval90=accuracy.interval90.clipped(),
        ),
    )


def _covariance(fit: Fit) -> Floats:
    if fit.covariance is None:
        raise ValueError("this fit has no standard errors")
    return fit.covariance


def _d_prime(parameters: Floats, *, shares: Floats) -> float:
    """`shares` (arms,) add to 1, or to 0 for a difference of arms."""
    means = parameters[: len(shares) + 1]
    return float(shares @ means[1:] - shares.sum() * means[0])


def _criterion(parameters: Floats, *, shares: Floats) -> float:
    means = parameters[: len(shares) + 1]
    return float(-(shares @ means[1:] + means[0]) / 2)


def _accuracy(parameters: Floats, *, fit: Fit, shares: Floats) -> float:
    """Average over raters and images: Phi(mean / sqrt(1 + all variances)), a normal convolution."""
    variances = np.exp(2 * parameters[fit.columns :])
    total = 1.0
    for term, variance in zip(fit.model.terms, variances, strict=True):
        total += float(variance) * (0.25 if term.name == SENSITIVITY else 1.0)
    rates = ndtr(parameters[: fit.columns] / math.sqrt(total))
    return float((shares @ rates[1:] + 1 - rates[0]) / 2)


def _contrast(fit: Fit, first: str, second: str, shares: Floats) -> Contrast:
    difference = estimate(fit, partial(_d_prime, shares=shares))
    p = 2 * float(norm.sf(abs(difference.value) / difference.se))
    return Contrast(first=first, second=second, d_prime=difference, p=p)


def _spread(fit: Fit, name: str) -> Spread:
    place = fit.index(name)
    if place is None:
        return Spread(value=0.0, interval95=None)
    at = fit.columns + place
    sd = math.exp(float(fit.parameters[at]))
    wide = float(norm.ppf(0.975)) * math.sqrt(float(_covariance(fit)[at, at]))
    if wide < 2:
        return Spread(value=sd, interval95=Interval(sd * math.exp(-wide), sd * math.exp(wide)))
    # Hardly told from 0: on the scale of the logarithm the interval would have no upper end.
    return Spread(value=sd, interval95=Interval(max(sd * (1 - wide), 0.0), sd * (1 + wide)))
