"""How far a coefficient of agreement may be off for other images, judged by these raters.

The jackknife (Quenouille 1956; Tukey 1958; for strata Jones 1974, Biometrika 61, 91): each image is
left out once, and the scatter of what is left within a kind of images is the error. Raters are held
fixed, as in Gwet 2008.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from survey.statistics.arrays import Bools, Ints
from survey.statistics.interval import Interval
from survey.statistics.undefined import Figure, Undefined

ONE_IMAGE = Undefined("Only one image of a kind was judged: nothing says how much images differ.")
ON_ONE = Undefined("It hangs on a single image: without that one it is not defined.")
NO_SCATTER = Undefined("It is the same whichever image is left out.")
NOTHING = 1e-14  # below it a variance is rounding error


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervals:
    """Of 95 %, for new images of these kinds and these raters."""

    raw: Interval | Undefined
    fleiss: Interval | Undefined
    alpha: Interval | Undefined
    ac1: Interval | Undefined


def jackknife_interval(
    figure: Callable[[Bools], Figure],
    kinds: Ints | Bools,
    *,
    ends: tuple[float, float],
    level: float = 0.95,
) -> Interval | Undefined:
    """Give the t interval of a figure, cut to `ends`.

    `figure` is asked with the images that are kept, (images,) bool; `kinds` (images,) are their
    strata, whose numbers the study set. Undefined where the figure is, with or without one image,
    where a kind has one image only, and where nothing varies.
    """
    everything = np.ones(len(kinds), dtype=bool)
    value = figure(everything)
    if isinstance(value, Undefined):
        return value
    variance, strata = 0.0, np.unique(kinds)
    for kind in strata:
        places = np.flatnonzero(kinds == kind)
        if len(places) < 2:
            return ONE_IMAGE
        left = []
        for place in places:
            kept = everything.copy()
            kept[place] = False
            without = figure(kept)
            if isinstance(without, Undefined):
                return ON_ONE
            left.append(without)
        variance += (len(places) - 1) * float(np.var(left))
    if not variance > NOTHING:
        return NO_SCATTER
    half = float(stdtrit(len(kinds) - len(strata), (1 + level) / 2)) * float(np.sqrt(variance))
    return Interval(value - half, value + half).clipped(*ends)
