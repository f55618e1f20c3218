"""Studies that never took place: answers of raters whose skill, lean and spreads are known.

    rater r calls image i artificial  where  -c + u_r + (d' + v_r) x_i + w_i + e_ri > 0,  x = +-1/2,

u, v, w normal with the standard deviations of a `Population`, e standard normal: the model of
`mixed_model`, section B of the survey method. Confidence is how far a rater's impression lies from
the cut.

Of a pair a rater picks the image of the stronger impression (Green & Swets 1966). The cut c + u is
the same for both, and falls out; what is left is the model of `pairs_model`:

    right  where  (d' + v_r) / sqrt(2) + w_k + e_rk > 0,  w_k of the SD of single images.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from survey.statistics.arrays import Bools, Floats, Ints

CELLS = 2_000_000  # answers in memory at once: 16 MB for each array of them
CONFIDENT, SURE = 0.5, 1.2  # distances from the cut, in units of e, where confidence rises


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """How many raters judge how many images; each rater judges all, or `images_per_rater`.

    With `pairs` a real image stands beside an artificial one, and `images_per_rater` counts pairs.
    """

    raters: int
    artificial: int
    real: int
    images_per_rater: int | None = None  # None: all
    pairs: bool = False

    def __post_init__(self) -> None:
        if min(self.raters, self.artificial, self.real) < 2:
            raise ValueError("a study needs two raters, two artificial and two real images")
        if self.pairs and self.artificial != self.real:
            raise ValueError("pairs take as many artificial as real images")
        if self.images_per_rater is not None and not 2 <= self.images_per_rater <= self.shown:
            raise ValueError("a rater judges two images or more, and no more than there are")

    @property
    def crossed(self) -> bool:
        """Every rater judges every image."""
        return self.images_per_rater in (None, self.shown)

    @property
    def images(self) -> int:
        return self.artificial + self.real

    @property
    def shown(self) -> int:
        """How many images there are to judge, or pairs of them."""
        return self.artificial if self.pairs else self.images

    @property
    def truth(self) -> Bools:
        """Which images are artificial, (images,): those come first."""
        return np.arange(self.images) < self.artificial


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Raters and images of a kind. All figures are in units of the spread of single impressions.

    `d_prime` and `criterion` are of the average rater and the average image. Tables pooled over
    raters and images show less of them: `from_rates` goes back from such rates.
    """

    d_prime: float
    criterion: float = 0.5
    sd_image: float = 0.8
    sd_rater_bias: float = 0.5
    sd_rater_sensitivity: float = 0.4

    def __post_init__(self) -> None:
        if min(self.sd_image, self.sd_rater_bias, self.sd_rater_sensitivity) < 0:
            raise ValueError("a standard deviation is not negative")
        if not math.isfinite(self.d_prime + self.criterion + self.total_sd):
            raise ValueError("the figures of a population are finite")

    @property
    def total_sd(self) -> float:
        """Of an impression of a new image by a new rater."""
        return math.sqrt(
            1 + self.sd_image**2 + self.sd_rater_bias**2 + self.sd_rater_sensitivity**2 / 4
        )

    @property
    def hit_rate(self) -> float:
        """Part of the artificial images called artificial, over all raters and images."""
        return float(ndtr((self.d_prime / 2 - self.criterion) / self.total_sd))

    @property
    def false_alarm_rate(self) -> float:
        return float(ndtr((-self.d_prime / 2 - self.criterion) / self.total_sd))

    @property
    def balanced_accuracy(self) -> float:
        # In this order it is 0.5 sharp where raters guess.
        return 0.5 + (self.hit_rate - self.false_alarm_rate) / 2

    @property
    def pairs_judged_rightly(self) -> float:
        """Part of new pairs in which a new rater picks the artificial image."""
        spread = 1 + self.sd_image**2 + self.sd_rater_sensitivity**2 / 2
        return float(ndtr(self.d_prime / math.sqrt(2 * spread)))

    def accuracy(self, design: Design) -> float:
        """What a study estimates: the balanced accuracy, or the part of pairs judged rightly."""
        return self.pairs_judged_rightly if design.pairs else self.balanced_accuracy


def from_rates(
    hit_rate: float,
    false_alarm_rate: float,
    *,
    sd_image: float = 0.8,
    sd_rater_bias: float = 0.5,
    sd_rater_sensitivity: float = 0.4,
) -> Population:
    """Give the population whose pooled rates are these. Raises ValueError for rates of 0 or 1."""
    if not (0 < hit_rate < 1 and 0 < false_alarm_rate < 1):
        raise ValueError("rates lie between 0 and 1, ends excluded")
    spreads = Population(
        d_prime=0,
        sd_image=sd_image,
        sd_rater_bias=sd_rater_bias,
        sd_rater_sensitivity=sd_rater_sensitivity,
    )
    hits, alarms = float(ndtri(hit_rate)), float(ndtri(false_alarm_rate))
    return Population(
        d_prime=(hits - alarms) * spreads.total_sd,
        criterion=-(hits + alarms) / 2 * spreads.total_sd,
        sd_image=sd_image,
        sd_rater_bias=sd_rater_bias,
        sd_rater_sensitivity=sd_rater_sensitivity,
    )


def impressions(
    design: Design, population: Population, *, runs: int, rng: np.random.Generator
) -> Floats:
    """Draw impressions (runs, raters, images) float64; above 0 an image is called artificial."""
    x = np.where(design.truth, 0.5, -0.5)
    bias = population.sd_rater_bias * rng.standard_normal((runs, design.raters, 1))
    skill = population.sd_rater_sensitivity * rng.standard_normal((runs, design.raters, 1))
    image = population.sd_image * rng.standard_normal((runs, 1, design.images))
    found = rng.standard_normal((runs, design.raters, design.images))
    found += bias - population.criterion
    found += (population.d_prime + skill) * x
    found += image
    return found


def impressions_of_pairs(
    design: Design, population: Population, *, runs: int, rng: np.random.Generator
) -> Floats:
    """Draw by how much the artificial image of a pair seems the more artificial of the two.

    (runs, raters, pairs) float64; above 0 the pair is judged rightly.
    """
    skill = population.sd_rater_sensitivity * rng.standard_normal((runs, design.raters, 1))
    pair = population.sd_image * rng.standard_normal((runs, 1, design.shown))
    found = rng.standard_normal((runs, design.raters, design.shown))
    found += (population.d_prime + skill) / math.sqrt(2)
    found += pair
    return found


def decisions_of(felt: Floats) -> Bools:
    """Give decisions of the shape of the impressions: true is "artificial"."""
    return felt > 0


def confidence_of(felt: Floats) -> Ints:
    """Give 1 (surely real) to 6 (surely artificial), of the shape of the impressions."""
    return np.digitize(felt, [-SURE, -CONFIDENT, 0, CONFIDENT, SURE]) + 1


def blocks(design: Design, population: Population, *, runs: int, seed: int) -> Iterator[Floats]:
    """Draw `runs` studies in blocks that fit in memory; `seed` alone decides them."""
    rng = np.random.default_rng(seed)
    draw = impressions_of_pairs if design.pairs else impressions
    size = max(1, CELLS // (design.raters * design.shown))
    for start in range(0, runs, size):
        yield draw(design, population, runs=min(size, runs - start), rng=rng)
