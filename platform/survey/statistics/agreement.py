"""Do raters agree, beyond what chance would give? Shown beside the raw agreement, by truth.

Coefficients corrected for chance mislead where nearly all answers are the same; none of them is
defined where all are. Fleiss 1971, Psychol. Bull. 76, 378; Randolph 2005 (free marginals);
Krippendorff 2011 (alpha, any level, missing answers); Gwet 2008, Br. J. Math. Stat. Psychol. 61, 29
(AC1; missing answers as in his handbook, 2014, chapter 4).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import krippendorff
import numpy as np
from statsmodels.stats.inter_rater import fleiss_kappa

from survey.statistics.agreement_intervals import Intervals, jackknife_interval
from survey.statistics.arrays import Bools, Floats
from survey.statistics.primary import as_table
from survey.statistics.undefined import Figure, Undefined

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Level = Literal["nominal", "ordinal", "interval", "ratio"]

UNANIMOUS = Undefined(
    "All answers are the same, so agreement beyond chance is not defined; the raw agreement is 1."
)
NO_PAIR = Undefined("No image was judged by two raters.")
UNEQUAL = Undefined("Not every image was judged by the same number of raters, which Fleiss needs.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Agreement of raters on a set of images."""

    raw: Figure  # part of the pairs of answers on one image that are the same
    fleiss: Figure
    randolph: Figure
    alpha: Figure
    ac1: Figure
    images: int  # judged by two raters or more
    raters: int
    intervals: Intervals | None = None  # None: not asked for


def agreement(decisions: ArrayLike, *, categories: tuple[float, ...] = (0, 1)) -> Agreement:
    """All coefficients of (raters, images) nominal answers; NaN is a missing answer."""
    table = np.atleast_2d(np.asarray(decisions, np.float64))
    counts = count_categories(table, categories)
    return Agreement(
        raw=raw_agreement(counts),
        fleiss=fleiss(counts),
        randolph=fleiss(counts, method="randolph"),
        alpha=alpha(table),
        ac1=ac1(counts),
        images=int((counts.sum(axis=1) >= 2).sum()),
        raters=int((~np.isnan(table)).any(axis=1).sum()),
    )


def agreement_by_truth(decisions: ArrayLike, truth: ArrayLike) -> dict[str, Agreement]:
    """Agreement on all images, on the artificial and on the real ones, with intervals."""
    table, is_artificial = as_table(decisions, truth)
    chosen = {
        "all": np.ones(len(is_artificial), dtype=bool),
        "artificial": is_artificial,
        "real": ~is_artificial,
    }
    return {
        name: replace(
            agreement(table[:, images]),
            intervals=_intervals(table[:, images], is_artificial[images]),
        )
        for name, images in chosen.items()
    }


def _intervals(table: Floats, is_artificial: Bools) -> Intervals:
    counts = count_categories(table, (0, 1))
    answers = counts.sum(axis=1)
    # An image that one rater judged alone enters what AC1 takes for chance, and nothing else.
    twice, once = answers >= 2, answers >= 1
    pairs, kinds, rest = counts[twice], is_artificial[twice], counts[once]
    return Intervals(
        raw=jackknife_interval(lambda kept: raw_agreement(pairs[kept]), kinds, ends=(0, 1)),
        fleiss=jackknife_interval(lambda kept: fleiss(pairs[kept]), kinds, ends=(-1, 1)),
        alpha=jackknife_interval(lambda kept: alpha(table[:, twice][:, kept]), kinds, ends=(-1, 1)),
        ac1=jackknife_interval(lambda kept: ac1(rest[kept]), is_artificial[once], ends=(-1, 1)),
    )


def count_categories(table: Floats, categories: tuple[float, ...]) -> Floats:
    """How many raters put each image in each category: (images, categories) float64."""
    counts = [(table == category).sum(axis=0) for category in categories]
    return np.asarray(np.stack(counts, axis=1), dtype=np.float64)


def raw_agreement(counts: ArrayLike) -> Figure:
    """Mean over images of the part of equal pairs; counts (images, categories)."""
    table = np.asarray(counts, np.float64)
    raters = table.sum(axis=1)
    judged = raters >= 2
    if not judged.any():
        return NO_PAIR
    table, raters = table[judged], raters[judged]
    return float(((table * (table - 1)).sum(axis=1) / (raters * (raters - 1))).mean())


def fleiss(counts: ArrayLike, *, method: Literal["fleiss", "randolph"] = "fleiss") -> Figure:
    """Fleiss' kappa of counts (images, categories), or Randolph's with free marginals."""
    table = np.asarray(counts, np.float64)
    if not (table.sum(axis=1) >= 2).any():
        return NO_PAIR
    if np.ptp(table.sum(axis=1)):
        return UNEQUAL
    return UNANIMOUS if _unanimous(table) else float(fleiss_kappa(table, method=method))


def ac1(counts: ArrayLike) -> Figure:
    """Gwet's AC1 of counts (images, categories); images may have any number of answers.

    Every category counts, used or not, so a table has a column for each.
    """
    table = np.asarray(counts, np.float64)
    observed = raw_agreement(table)
    if isinstance(observed, Undefined):
        return observed
    if _unanimous(table):
        return UNANIMOUS
    chance = ac1_chance(table)
    return (observed - chance) / (1 - chance)


def ac1_chance(counts: ArrayLike) -> float:
    """What AC1 takes for chance, of counts (images, categories) with an answer to some image."""
    table = np.asarray(counts, np.float64)
    judged = table[table.sum(axis=1) >= 1]
    shares = (judged / judged.sum(axis=1, keepdims=True)).mean(axis=0)
    return float((shares * (1 - shares)).sum()) / (table.shape[1] - 1)


def alpha(table: ArrayLike, *, level: Level = "nominal") -> Figure:
    """Krippendorff's alpha of (raters, images) values; NaN is a missing answer."""
    values = np.atleast_2d(np.asarray(table, np.float64))
    given = ~np.isnan(values)
    pairable = given.sum(axis=0) >= 2
    if not pairable.any():
        return NO_PAIR
    kinds = np.unique(values[:, pairable][given[:, pairable]])
    if len(kinds) < 2:
        return UNANIMOUS
    return float(krippendorff.alpha(reliability_data=values, level_of_measurement=level))


def _unanimous(counts: Floats) -> bool:
    return bool((counts.sum(axis=0) > 0).sum() < 2)
