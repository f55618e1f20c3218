"""Would these raters do as well if the images' labels meant nothing? "These raters, new images".

It never decides: the raters are fixed, so where raters differ in skill it errs the more often, the
more images there are (one time in five at 300 + 300). The verdict comes of `primary`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import permutation_test

from survey.statistics.arrays import Floats
from survey.statistics.primary import as_table
from survey.statistics.undefined import Undefined

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

LABEL = "these raters, new images"
RESAMPLES = 99_999
_AT_ONCE = 2_000_000  # numbers in memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Permutation:
    """Two-sided p of the difference in "artificial" answers between the two kinds of images."""

    p_value: float
    difference: float  # H - F
    exact: bool  # every relabelling was tried
    resamples: int
    label: str = LABEL


def image_permutation(
    decisions: ArrayLike,
    truth: ArrayLike,
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Permutation | Undefined:
    """Permute truth over images; each image counts by its part of "artificial" answers.

    `decisions` : (raters, images), 1 said "artificial", 0 "real", NaN missing. `truth` : (images,)
    bool. `seed` is that of the relabellings, tried all where there are no more than `resamples`.
    Undefined without images of both kinds, with missing answers, or where all images got the same.
    """
    table, is_artificial = as_table(decisions, truth)
    if np.isnan(table).any():
        return Undefined("Not every rater judged every image, which relabelling needs.")
    if not is_artificial.any() or is_artificial.all():
        kind = "real" if is_artificial.all() else "artificial"
        return Undefined(f"No {kind} image was judged.")
    parts = table.mean(axis=0)
    return permuted(parts[is_artificial], parts[~is_artificial], seed=seed, resamples=resamples)


def permuted(
    artificial: Floats, real: Floats, *, seed: int = 0, resamples: int = RESAMPLES
) -> Permutation | Undefined:
    """Test the difference of two means of parts, (artificial,) and (real,) float64."""
    images = len(artificial) + len(real)
    if min(len(artificial), len(real)) < 2:
        return Undefined("Relabelling needs two images of each kind.")
    if np.ptp(np.concatenate([artificial, real])) == 0:
        return Undefined("All images got the same answers, so relabelling them changes nothing.")
    found: Any = permutation_test(
        (artificial, real),
        _mean_difference,
        permutation_type="independent",
        vectorized=True,
        n_resamples=resamples,
        batch=max(_AT_ONCE // images, 1),
        rng=np.random.default_rng(seed),
    )
    relabellings = comb(images, len(real))
    exact = relabellings <= resamples
    return Permutation(
        p_value=float(found.pvalue),
        difference=float(artificial.mean() - real.mean()),
        exact=exact,
        resamples=relabellings if exact else resamples,
    )


def _mean_difference(artificial: Floats, real: Floats, axis: int = -1) -> Floats:
    return np.asarray(artificial.mean(axis=axis) - real.mean(axis=axis))
