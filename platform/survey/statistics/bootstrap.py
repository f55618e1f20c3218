"""The double bootstrap: an interval for studies in which not every rater judged every image.

Raters and images are drawn again, images within their stratum (real, and each generator), one
fewer than there are so that variances come out without bias (Rao & Wu 1988, J. Am. Stat. Assoc. 83,
231). Drawing both at once counts the scatter of single answers three times (Owen 2007, Ann. Appl.
Stat. 1, 386), drawing one alone counts it once, so that

    var = 2 (var over raters + var over images) - var over both

is what new raters and new images would show. Its t interval has the degrees of freedom that
Obuchowski and Rockette's has. The wider percentile interval of both at once stands beside it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import t as student

from survey.statistics.arrays import Bools, Floats
from survey.statistics.interval import Interval
from survey.statistics.primary import as_table
from survey.statistics.progress import Progress, Stop, never, unheard
from survey.statistics.stopping import Stopped
from survey.statistics.undefined import Undefined

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

RESAMPLES = 4000
BLOCK = 200  # resamples at once: 200 x (raters + images) weights


@dataclass(frozen=True, slots=True, kw_only=True)
class Bootstrap:
    """Accuracy averaged over raters, with its intervals; parts of 1. Of decisions it is the
    balanced accuracy, of answers graded by confidence the area under the ROC curve.
    """

    accuracy: float
    se: float
    df: float
    interval95: Interval
    interval90: Interval
    percentile95: Interval  # raters and images drawn at once: safe, but wider than need be
    raters: int
    raters_left_out: int  # they judged images of one kind only
    resamples: int
    seed: int


def double_bootstrap(
    scores: ArrayLike,
    truth: ArrayLike,
    arms: Sequence[str] | None = None,
    *,
    resamples: int = RESAMPLES,
    seed: int,
    progress: Progress = unheard,
    stop: Stop = never,
) -> Bootstrap | Undefined:
    """Draw raters and images again and again.

    `scores` : (raters, images), the higher, the more "artificial": decisions 0 and 1, or a few
    steps of confidence; NaN not answered. `truth` : (images,) bool, true is artificial. `arms` :
    (images,), the generator of each artificial image.

    Undefined where there are fewer than two raters who judged both kinds, or fewer than two images
    in a stratum. Raises ValueError on shapes that do not fit or fewer than 100 resamples, `Stopped`
    where `stop()` says so.
    """
    if resamples < 100:
        raise ValueError("fewer than 100 resamples say little")
    table, is_artificial = as_table(scores, truth)
    answered = np.isfinite(table)
    used = answered[:, is_artificial].any(axis=1) & answered[:, ~is_artificial].any(axis=1)
    judged = answered[used].any(axis=0)
    table, answered = table[used][:, judged], answered[used][:, judged]
    is_artificial = is_artificial[judged]
    strata = _strata(is_artificial, None if arms is None else np.asarray(arms)[judged])
    reason = _why_not(table, is_artificial, strata)
    if reason:
        return Undefined(reason)
    answers = _Answers.of(table, answered, is_artificial)
    rng = np.random.default_rng(seed)
    over_images, over_both = np.empty(resamples), np.empty(resamples)
    for start in range(0, resamples, BLOCK):
        if stop():
            raise Stopped
        block = slice(start, min(start + BLOCK, resamples))
        size = block.stop - start
        found = answers.accuracies(_images(strata, size, rng))
        over_images[block] = _average(found, np.ones_like(found))
        over_both[block] = _average(found, _drawn(len(table), size, rng))
        progress(block.stop, resamples)
    per_rater = answers.accuracies(np.ones((1, table.shape[1])))[0]
    return _result(per_rater, over_images, over_both, left_out=int((~used).sum()), seed=seed)


def _result(
    per_rater: Floats, over_images: Floats, over_both: Floats, *, left_out: int, seed: int
) -> Bootstrap | Undefined:
    raters = len(per_rater)
    # Drawing raters alone needs no drawing: the variance of a mean.
    of_raters = float(per_rater.var(ddof=1)) / raters
    of_images = float(np.nanvar(over_images, ddof=1))
    of_both = float(np.nanvar(over_both, ddof=1))
    variance = max(of_raters, of_images, 2 * (of_raters + of_images) - of_both)
    if not variance > 0:
        return Undefined("All raters are equally accurate, whichever images they judge.")
    df = math.inf
    if of_raters > 0:
        df = (raters - 1) * (variance / of_raters) ** 2
    accuracy, se = float(per_rater.mean()), math.sqrt(variance)
    halves = [float(student.ppf(1 - tail, df)) * se for tail in (0.025, 0.05)]
    wide, narrow = (Interval(accuracy - half, accuracy + half).clipped() for half in halves)
    low, high = np.nanquantile(over_both, [0.025, 0.975])
    return Bootstrap(
        accuracy=accuracy,
        se=se,
        df=df,
        interval95=wide,
        interval90=narrow,
        percentile95=Interval(float(low), float(high)),
        raters=raters,
        raters_left_out=left_out,
        resamples=len(over_both),
        seed=seed,
    )


@dataclass(frozen=True, slots=True)
class _Answers:
    """Which step each answer took, 0 or 1 for each: (images of a kind, raters * steps)."""

    is_artificial: Bools
    artificial: Floats
    real: Floats
    steps: int

    @classmethod
    def of(cls, table: Floats, answered: Bools, is_artificial: Bools) -> _Answers:
        steps = np.unique(table[answered])
        took = (table.T[:, :, None] == steps).astype(np.float64)  # (images, raters, steps)
        flat = took.reshape(len(took), -1)  # (images, raters, steps) -> (images, raters * steps)
        return cls(is_artificial, flat[is_artificial], flat[~is_artificial], len(steps))

    def accuracies(self, weights: Floats) -> Floats:
        """Accuracies (resamples, raters) for weights (resamples, images); NaN: no answer.

        Weights stand for copies: a resample is two products of matrices. The area is the part of
        pairs in which the artificial image took the higher step, ties half.
        """
        artificial = self._parts(weights[:, self.is_artificial], self.artificial)
        real = self._parts(weights[:, ~self.is_artificial], self.real)
        return np.asarray((artificial * (real.cumsum(axis=-1) - real / 2)).sum(axis=-1))

    def _parts(self, weights: Floats, took: Floats) -> Floats:
        """Part of each rater's answers at each step, (resamples, raters, steps)."""
        sums = (weights @ took).reshape(len(weights), -1, self.steps)
        with np.errstate(invalid="ignore"):
            return np.asarray(sums / sums.sum(axis=-1, keepdims=True))


def _strata(is_artificial: Bools, arms: Floats | None) -> list[Bools]:
    strata = [~is_artificial]
    if arms is None:
        return [*strata, is_artificial]
    names = np.unique(arms[is_artificial])
    return [*strata, *(is_artificial & (arms == name) for name in names)]


def _why_not(table: Floats, is_artificial: Bools, strata: list[Bools]) -> str:
    if table.shape[0] < 2:
        return "Fewer than two raters judged both kinds: nothing says how much raters differ."
    if min(int(stratum.sum()) for stratum in strata) < 2:
        return "Only one image of a kind was judged: nothing says how much images differ."
    return ""


def _drawn(count: int, resamples: int, rng: np.random.Generator) -> Floats:
    """How often each of `count` is drawn when one fewer are drawn: (resamples, count)."""
    return rng.multinomial(count - 1, np.full(count, 1 / count), size=resamples).astype(np.float64)


def _images(strata: list[Bools], resamples: int, rng: np.random.Generator) -> Floats:
    weights = np.zeros((resamples, len(strata[0])))
    for stratum in strata:
        count = int(stratum.sum())
        # Each stratum keeps its share of the whole, though one fewer is drawn.
        weights[:, stratum] = _drawn(count, resamples, rng) * (count / (count - 1))
    return weights


def _average(found: Floats, weights: Floats) -> Floats:
    """Average over raters (resamples,); whoever has no answer in a resample is left out of it."""
    weights = np.where(np.isnan(found), 0.0, weights)
    total = weights.sum(axis=1)
    mean = (np.nan_to_num(found) * weights).sum(axis=1) / np.where(total > 0, total, 1.0)
    return np.where(total > 0, mean, np.nan)
