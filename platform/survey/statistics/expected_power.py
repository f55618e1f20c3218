"""Interval width and power of a design without simulation: quick, and close.

The variance of the reader-averaged balanced accuracy under the probit model is exact: answers of
two raters to one image, and of one rater to two images, are correlated normals cut at a level, so
every covariance is a bivariate normal probability. Its parts are those of Obuchowski & Rockette
1995 (MS and Cov2, with Hillis' 2007 degrees of freedom); of pairs they are those of `clustered`.
Power then takes the estimate as normal
and its variance as chi-squared with those degrees of freedom.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, roots_hermitenorm
from scipy.stats import chi2, nct
from scipy.stats import t as student

from survey.statistics.simulation import Design, Population
from survey.statistics.verdict import CHANCE, MARGIN, check_margin

NODES, WEIGHTS = roots_hermitenorm(64)
WEIGHTS = WEIGHTS / WEIGHTS.sum()
QUANTILES = (np.arange(400) + 0.5) / 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a design is expected to give; parts of 1."""

    accuracy: float
    se: float
    df: float
    half_width95: float
    half_width90: float
    half_width90_of_endless_raters: float  # the images alone
    distinguishable: float
    hyper_real: float
    equivalent: float

    @property
    def inconclusive(self) -> float:
        return max(1 - self.distinguishable - self.hyper_real - self.equivalent, 0.0)


def expected(
    design: Design, population: Population, *, margin: tuple[float, float] = MARGIN
) -> Expected:
    """Give half-widths and power by closed forms. Raises ValueError on a margin without 0.5."""
    check_margin(margin)
    parts = _variances_of_pairs if design.pairs else _variances
    by_image, by_rater, by_answer = parts(design, population)
    variance = by_image + by_rater + by_answer
    if design.pairs:  # as `clustered_mean` takes them
        df, of_images = min(design.raters, design.shown) - 1.0, design.shown - 1.0
    else:
        ms = design.raters * (by_rater + by_answer)
        df = (design.raters * variance) ** 2 / (ms**2 / (design.raters - 1))
        of_images = np.inf
    se = math.sqrt(variance)
    t95, t90 = (float(student.ppf(1 - tail, df)) for tail in (0.025, 0.05))
    accuracy = population.accuracy(design)
    shift = (accuracy - CHANCE) / se
    return Expected(
        accuracy=accuracy,
        se=se,
        df=df,
        half_width95=t95 * se,
        half_width90=t90 * se,
        half_width90_of_endless_raters=float(student.ppf(0.95, of_images)) * math.sqrt(by_image),
        distinguishable=float(nct.sf(t95, df, shift)),
        hyper_real=float(nct.sf(t95, df, -shift)),
        equivalent=_equivalent(accuracy, se, df, t95, t90, margin),
    )


def _equivalent(
    accuracy: float, se: float, df: float, t95: float, t90: float, margin: tuple[float, float]
) -> float:
    """Average over estimated standard errors; the 95 % interval must hold chance as well."""
    estimated = se * np.sqrt(chi2.ppf(QUANTILES, df) / df)
    low = np.maximum(margin[0] + t90 * estimated, CHANCE - t95 * estimated)
    high = np.minimum(margin[1] - t90 * estimated, CHANCE + t95 * estimated)
    inside = ndtr((high - accuracy) / se) - ndtr((low - accuracy) / se)
    return float(np.maximum(inside, 0).mean())


def _variances(design: Design, population: Population) -> tuple[float, float, float]:
    """Variance of the average accuracy that comes from images, raters and single answers."""
    total = population.total_sd**2
    image = population.sd_image**2
    lean, skill = population.sd_rater_bias**2, population.sd_rater_sensitivity**2 / 4
    cuts = (
        population.d_prime / 2 - population.criterion,
        -population.d_prime / 2 - population.criterion,
    )
    counts = (design.artificial, design.real)
    raters = design.raters
    by_image = by_rater = by_answer = 0.0
    for cut, count in zip(cuts, counts, strict=True):
        rate = float(ndtr(cut / math.sqrt(total)))
        same_image = _covariance(cut, cut, image, total)
        same_rater = _covariance(cut, cut, lean + skill, total)
        alone = rate * (1 - rate) - same_image - same_rater
        by_image += same_image / count / 4
        by_rater += same_rater / raters / 4
        by_answer += alone / (raters * count) / 4
    by_rater -= 2 * _covariance(*cuts, lean - skill, total) / raters / 4
    return by_image, by_rater, by_answer


def _variances_of_pairs(design: Design, population: Population) -> tuple[float, float, float]:
    """Do the same of the part of pairs judged rightly."""
    cut = population.d_prime / math.sqrt(2)
    pair, skill = population.sd_image**2, population.sd_rater_sensitivity**2 / 2
    total = 1 + pair + skill
    rate = float(ndtr(cut / math.sqrt(total)))
    same_pair = _covariance(cut, cut, pair, total)
    same_rater = _covariance(cut, cut, skill, total)
    alone = rate * (1 - rate) - same_pair - same_rater
    raters, pairs = design.raters, design.shown
    return same_pair / pairs, same_rater / raters, alone / (raters * pairs)


def _covariance(first: float, second: float, shared: float, total: float) -> float:
    """Covariance of [x > 0] and [y > 0]: normals of means `first`, `second`, variance `total`.

    `shared` is their covariance. Integrated over the part they share, by Gauss-Hermite.
    """
    own = math.sqrt(total - abs(shared))
    common = math.sqrt(abs(shared)) * NODES
    one = ndtr((first + common) / own)
    other = ndtr((second + math.copysign(1.0, shared) * common) / own)
    return float(WEIGHTS @ (one * other) - (WEIGHTS @ one) * (WEIGHTS @ other))
