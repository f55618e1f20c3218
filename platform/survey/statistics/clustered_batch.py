"""`clustered_mean` by two ways at once, for many simulated studies at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtrit

from survey.statistics.arrays import Bools, Floats
from survey.statistics.clustered import NOTHING
from survey.statistics.interval import check_level

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusteredBatch:
    """One entry a study, (studies,) float64; `se` is NaN where nothing tells it."""

    mean: Floats
    se: Floats
    df: Floats

    def interval(self, level: float = 0.95) -> tuple[Floats, Floats]:
        """Lower and upper ends, cut at 0 and 1; NaN where there is no interval."""
        check_level(level)
        half = stdtrit(self.df, (1 + level) / 2) * self.se
        return np.clip(self.mean - half, 0, 1), np.clip(self.mean + half, 0, 1)


def clustered_means(values: ArrayLike, given: ArrayLike | None = None) -> ClusteredBatch:
    """Means of tables whose rows belong together, and columns: raters, and pairs of images.

    `values` : (studies, raters, pairs), 0 to 1. `given` : bool, broadcast to that shape: which
    answers there are; None: all. Raises ValueError on another shape.
    """
    table = np.asarray(values, dtype=np.float64)
    if table.ndim != 3:
        raise ValueError(f"values are (studies, raters, pairs); these are {table.shape}")
    there: Bools = np.broadcast_to(
        np.asarray(True if given is None else given, dtype=bool), table.shape
    )
    count = there.sum(axis=(1, 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(there, table, 0).sum(axis=(1, 2)) / count
    scores = np.where(there, table - mean[:, None, None], 0)
    raters, pairs = there.any(axis=2).sum(axis=1), there.any(axis=1).sum(axis=1)
    fewest = np.minimum(raters, pairs)
    # A lone cluster is divided by nothing; such studies are taken out below.
    with np.errstate(divide="ignore", invalid="ignore"):
        by_rater = _scaled((scores.sum(axis=2) ** 2).sum(axis=1), raters)
        by_pair = _scaled((scores.sum(axis=1) ** 2).sum(axis=1), pairs)
        by_answer = _scaled((scores**2).sum(axis=(1, 2)), count)
        both = np.maximum(by_rater + by_pair - by_answer, np.maximum(by_rater, by_pair))
        variance = both / count**2
        se = np.sqrt(np.where((fewest > 1) & (variance > NOTHING), variance, np.nan))
    return ClusteredBatch(mean=mean, se=se, df=np.maximum(fewest - 1, 1).astype(np.float64))


def _scaled(squares: Floats, clusters: Floats) -> Floats:
    return np.asarray(squares * clusters / (clusters - 1), dtype=np.float64)
