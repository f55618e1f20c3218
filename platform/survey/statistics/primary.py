"""How well raters told real from artificial, for new raters and new images alike.

The area under a rater's ROC curve: of a binary decision it is the balanced accuracy
(H + 1 - F) / 2, of confidences the AUC. Chance is 0.5 and a lean to one answer does not move it.

Obuchowski & Rockette 1995, Commun. Stat. Simul. Comput. 24, 285: random readers and random images,
fully crossed. Covariances by DeLong, DeLong & Clarke-Pearson 1988, Biometrics 44, 837; degrees of
freedom by Hillis 2007, Stat. Med. 26, 596 (eq. 13, one treatment).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from scipy.special import stdtrit
from scipy.stats import rankdata

from survey.statistics.arrays import Bools, Floats
from survey.statistics.interval import Interval, check_level
from survey.statistics.undefined import Undefined

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

# Below it a variance is rounding error: one answer in a million makes one of 10^-12.
NOTHING = 1e-14


@dataclass(frozen=True, slots=True, kw_only=True)
class Primary:
    """Accuracy averaged over readers, and how far it may be off. No units: parts of 1."""

    accuracy: float
    per_reader: tuple[float, ...]
    se: float
    df: float  # infinite where all readers are equally good
    ms: float  # variance of the readers' accuracies
    cov2: float  # covariance of two readers' accuracies, because they saw the same images
    readers: int
    n_artificial: int
    n_real: int
    level: float = 0.95

    told: ClassVar[tuple[str, ...]] = ("interval95", "interval90")  # in JSON too

    @property
    def interval95(self) -> Interval:
        return self.interval(0.95)

    @property
    def interval90(self) -> Interval:
        return self.interval(0.90)

    def interval(self, level: float | None = None, *, clip: bool = True) -> Interval:
        """Give the t interval, cut to 0 ... 1 unless `clip` is false; `level` such as 0.95."""
        level = self.level if level is None else level
        half = float(_quantile(self.df, level)) * self.se
        raw = Interval(self.accuracy - half, self.accuracy + half)
        return raw.clipped() if clip else raw


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Many studies of one size at once; arrays of the shape of the leading axes, float64."""

    accuracy: Floats
    se: Floats  # 0 where nothing varies: such a study has no interval
    df: Floats

    def interval(self, level: float) -> tuple[Floats, Floats]:
        """Give the lower and the upper ends, clipped; NaN where a study has no interval."""
        half = np.where(self.se > 0, _quantile(self.df, level) * self.se, np.nan)
        return np.clip(self.accuracy - half, 0, 1), np.clip(self.accuracy + half, 0, 1)


def obuchowski_rockette(
    scores: ArrayLike, truth: ArrayLike, *, level: float = 0.95
) -> Primary | Undefined:
    """Estimate the accuracy of raters of this kind on images of this kind.

    `scores` : (raters, images), bool or float; the higher, the more "artificial". NaN is a missing
    answer, and then the design is not fully crossed. `truth` : (images,) bool, true is artificial.
    `level` : of the interval, such as 0.95.

    Undefined with fewer than two raters, fewer than two images of a kind, missing answers, or
    where the answers vary neither over raters nor over images. Raises ValueError on shapes that
    do not fit.
    """
    check_level(level)
    table, is_artificial = as_table(scores, truth)
    reason = why_not(table, is_artificial)
    if reason:
        return Undefined(reason)
    per_reader, ms, cov2 = _parts(table, is_artificial)
    se, df = _error(ms, cov2, table.shape[0])
    if not se > 0:
        return Undefined(
            "All raters are equally accurate and no image misled several of them alike, so nothing "
            "says how far the accuracy may be off."
        )
    return Primary(
        accuracy=float(per_reader.mean()),
        per_reader=tuple(per_reader.tolist()),
        se=float(se),
        df=float(df),
        ms=float(ms),
        cov2=float(cov2),
        readers=table.shape[0],
        n_artificial=int(is_artificial.sum()),
        n_real=int((~is_artificial).sum()),
        level=level,
    )


def obuchowski_rockette_batch(scores: ArrayLike, truth: ArrayLike) -> Batch:
    """Do the same for many studies that share `truth`.

    `scores` : (..., raters, images), bool or float without NaN. `truth` : (images,) bool.
    Raises ValueError where no study could have an interval (one rater, one image of a kind).
    """
    table, is_artificial = as_table(scores, truth)
    reason = why_not(table, is_artificial)
    if reason:
        raise ValueError(reason)
    per_reader, ms, cov2 = _parts(table, is_artificial)
    se, df = _error(ms, cov2, table.shape[-2])
    return Batch(accuracy=per_reader.mean(axis=-1), se=se, df=df)


def accuracies(scores: ArrayLike, truth: ArrayLike) -> Floats:
    """Each rater's accuracy, (..., raters) float64; needs an image of each kind and no NaN."""
    v10, _ = placements(*as_table(scores, truth))
    return np.asarray(v10.mean(axis=-1), dtype=np.float64)


def as_table(scores: ArrayLike, truth: ArrayLike) -> tuple[Floats, Bools]:
    """Check shapes; scores as float64 of (..., raters, images), truth as bool of (images,)."""
    table, is_artificial = np.asarray(scores, dtype=np.float64), np.asarray(truth, dtype=bool)
    if table.ndim < 2 or is_artificial.shape != table.shape[-1:]:
        raise ValueError(
            f"scores are (raters, images) and truth is (images,); these are {table.shape} and "
            f"{is_artificial.shape}"
        )
    return table, is_artificial


def why_not(table: Floats, is_artificial: Bools) -> str:
    if table.shape[-2] < 2:
        return "Fewer than two raters: nothing says how much raters differ."
    for kind, number in (
        ("artificial", int(is_artificial.sum())),
        ("real", int((~is_artificial).sum())),
    ):
        if not number:
            return f"No {kind} image was judged."
        if number < 2:
            return f"Only one {kind} image was judged: nothing says how much images differ."
    if np.isnan(table).any():
        return "Not every rater judged every image, which this method needs."
    return ""


def placements(table: Floats, is_artificial: Bools) -> tuple[Floats, Floats]:
    """DeLong's V10 (..., raters, artificial) and V01 (..., raters, real): parts won, ties half."""
    artificial, real = table[..., is_artificial], table[..., ~is_artificial]
    if ((table == 0) | (table == 1)).all():  # psi(x, y) = (1 + x - y) / 2: no ranks needed
        v10 = (1 + artificial - real.mean(axis=-1, keepdims=True)) / 2
        return v10, (1 + artificial.mean(axis=-1, keepdims=True) - real) / 2
    ranks = rankdata(table, axis=-1)
    v10 = (ranks[..., is_artificial] - rankdata(artificial, axis=-1)) / real.shape[-1]
    v01 = 1 - (ranks[..., ~is_artificial] - rankdata(real, axis=-1)) / artificial.shape[-1]
    return v10, v01


def _parts(table: Floats, is_artificial: Bools) -> tuple[Floats, Floats, Floats]:
    """Accuracies (..., raters), their variance (...), covariance of two raters (...)."""
    v10, v01 = placements(table, is_artificial)
    per_reader = v10.mean(axis=-1)
    cov2 = _mean_covariance(v10) / v10.shape[-1] + _mean_covariance(v01) / v01.shape[-1]
    return per_reader, per_reader.var(axis=-1, ddof=1), cov2


def _mean_covariance(placements: Floats) -> Floats:
    """Mean over pairs of raters, from the variance of their sum: no (raters, raters) matrix."""
    raters = placements.shape[-2]
    of_sum = placements.sum(axis=-2).var(axis=-1, ddof=1)
    alone = placements.var(axis=-1, ddof=1).sum(axis=-1)
    return np.asarray((of_sum - alone) / (raters * (raters - 1)), dtype=np.float64)


def _error(ms: Floats, cov2: Floats, raters: int) -> tuple[Floats, Floats]:
    total = ms + np.maximum(raters * cov2, 0)
    total = np.where(total > NOTHING, total, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        df = np.where(ms > NOTHING, total**2 / (ms**2 / (raters - 1)), np.inf)
    return np.sqrt(total / raters), df


def _quantile(df: Floats | float, level: float) -> Floats:
    check_level(level)
    return np.asarray(stdtrit(df, (1 + level) / 2), dtype=np.float64)
