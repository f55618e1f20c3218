"""The verdicts of many simulated studies at once."""

from __future__ import annotations

import numpy as np

from survey.statistics.arrays import Floats, Objects
from survey.statistics.verdict import CHANCE, MARGIN, Verdict, check_margin


def verdicts_of(
    interval95: tuple[Floats, Floats],
    interval90: tuple[Floats, Floats],
    *,
    margin: tuple[float, float] = MARGIN,
) -> Objects:
    """Decide many at once: lower and upper ends as arrays of one shape; NaN gives None."""
    check_margin(margin)
    undefined = np.isnan(interval95[0]) | np.isnan(interval90[0])
    return np.select(
        [
            undefined,
            interval95[0] > CHANCE,
            interval95[1] < CHANCE,
            (interval90[0] >= margin[0]) & (interval90[1] <= margin[1]),
        ],
        [
            np.array(None, dtype=object),
            np.array(Verdict.DISTINGUISHABLE, dtype=object),
            np.array(Verdict.HYPER_REAL, dtype=object),
            np.array(Verdict.EQUIVALENT, dtype=object),
        ],
        default=np.array(Verdict.INCONCLUSIVE, dtype=object),
    )
