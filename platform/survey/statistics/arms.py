"""Two or more generators against the same real images: is one harder to tell than another?

Obuchowski & Rockette 1995 for differences, degrees of freedom by Hillis 2007, Stat. Med. 26, 596.
Each generator has artificial images of its own; the real ones are shared, so that accuracies of
two generators covary through them (and through them only).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import fdtrc, stdtr, stdtrit

from survey.statistics.arrays import Bools, Floats, Strings
from survey.statistics.interval import Interval, check_level
from survey.statistics.primary import NOTHING, Primary, obuchowski_rockette, placements, why_not
from survey.statistics.proportions import holm
from survey.statistics.undefined import Figure, Undefined

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Accuracy against `first` less that against `second`: below 0, `first` is harder to tell."""

    first: str
    second: str
    difference: float
    interval: Interval | Undefined
    p_value: Figure
    p_holm: Figure  # adjusted for the number of pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class FTest:
    """All arms at once: are any two accuracies different?"""

    f: float
    df1: float
    df2: float
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Arms:
    """Each arm's own accuracy, the test of all, and every pair."""

    each: dict[str, Primary | Undefined]
    test: FTest | Undefined
    differences: tuple[Difference, ...]


def compare_arms(
    scores: ArrayLike, arms: Sequence[str], *, level: float = 0.95
) -> Arms | Undefined:
    """Compare generators: scores (raters, images); `arms` (images,), "" for a real image.

    Undefined with fewer than two generators. An arm that has no interval of its own is left out of
    the tests; its entry in `each` says why.
    """
    check_level(level)
    table, labels = np.atleast_2d(np.asarray(scores, np.float64)), np.asarray(arms, dtype=str)
    names = sorted(set(labels.tolist()) - {""})
    if len(names) < 2:
        return Undefined("There are not two generators to compare.")
    each: dict[str, Primary | Undefined] = {}
    parts: dict[str, tuple[Floats, Floats]] = {}
    reasons: list[str] = []
    for name in names:
        shown, is_artificial = _of_arm(table, labels, name)
        each[name] = obuchowski_rockette(shown, is_artificial, level=level)
        if reason := why_not(shown, is_artificial):
            reasons.append(f"{name}: {reason}")
        else:
            parts[name] = placements(shown, is_artificial)
    pairs = [
        (first, second, _spread([parts[first], parts[second]], shared_artificial=False))
        for first, second in combinations(parts, 2)
    ]
    raw = [_difference(*pair, level) for pair in pairs]
    adjusted = holm([one.p_value for one in raw])
    return Arms(
        each=each,
        test=f_test(list(parts.values())) if len(parts) > 1 else Undefined(" ".join(reasons)),
        differences=tuple(replace(one, p_holm=p) for one, p in zip(raw, adjusted, strict=True)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """What the tests stand on; `means` (arms,), the rest as in the sources."""

    means: Floats
    ms_arms: float
    ms_arms_raters: float
    cov2: float
    cov3: float
    readers: int

    @property
    def error(self) -> float:
        total = self.ms_arms_raters + max(self.readers * (self.cov2 - self.cov3), 0.0)
        return total if total > NOTHING else 0.0

    @property
    def df(self) -> float:
        degrees = (len(self.means) - 1) * (self.readers - 1)
        if not self.ms_arms_raters > NOTHING:
            return float("inf")
        return self.error**2 / (self.ms_arms_raters**2 / degrees)


NO_SPREAD = Undefined("The differences between arms do not vary over raters or images.")


def f_test(
    parts: Sequence[tuple[Floats, Floats]], *, shared_artificial: bool = False
) -> FTest | Undefined:
    """Test arms by their placements, pairs (raters, artificial) and (raters, real)."""
    if len(parts) < 2:
        return Undefined("Fewer than two generators can be tested.")
    spread = _spread(parts, shared_artificial=shared_artificial)
    if not spread.error:
        return NO_SPREAD
    f, df1 = spread.ms_arms / spread.error, len(parts) - 1
    # fdtrc has no infinite degrees of freedom; 10^9 differ from them in no digit shown.
    return FTest(f=f, df1=df1, df2=spread.df, p_value=float(fdtrc(df1, min(spread.df, 1e9), f)))


def _spread(parts: Sequence[tuple[Floats, Floats]], *, shared_artificial: bool) -> Spread:
    by_arm = np.stack([v10.mean(axis=1) for v10, _ in parts])  # (arms, raters)
    arms, readers = by_arm.shape
    means = by_arm.mean(axis=1)
    rest = by_arm - means[:, None] - by_arm.mean(axis=0) + by_arm.mean()
    sides = (0, 1) if shared_artificial else (1,)
    within = [_covariance(part[side], part[side]) for part in parts for side in (0, 1)]
    across = [
        _covariance(first[side], second[side])
        for first, second in combinations(parts, 2)
        for side in sides
    ]
    return Spread(
        means=means,
        ms_arms=float(readers * means.var(ddof=1)),
        ms_arms_raters=float((rest**2).sum() / ((arms - 1) * (readers - 1))),
        cov2=sum(within) / arms,
        cov3=sum(across) / (arms * (arms - 1) / 2),
        readers=readers,
    )


def _covariance(first: Floats, second: Floats) -> float:
    """Mean over pairs of different raters of cov(first_r, second_s) / images."""
    readers, images = first.shape
    a = first - first.mean(axis=1, keepdims=True)
    b = second - second.mean(axis=1, keepdims=True)
    total = float(a.sum(axis=0) @ b.sum(axis=0)) - float((a * b).sum())
    return total / (images - 1) / images / (readers * (readers - 1))


def _difference(first: str, second: str, spread: Spread, level: float) -> Difference:
    difference = float(spread.means[0] - spread.means[1])
    if not spread.error:
        return Difference(
            first=first,
            second=second,
            difference=difference,
            interval=NO_SPREAD,
            p_value=NO_SPREAD,
            p_holm=NO_SPREAD,
        )
    se = float(np.sqrt(2 / spread.readers * spread.error))
    half = float(stdtrit(spread.df, (1 + level) / 2)) * se
    p = float(2 * stdtr(spread.df, -abs(difference) / se))
    return Difference(
        first=first,
        second=second,
        difference=difference,
        interval=Interval(difference - half, difference + half).clipped(-1, 1),
        p_value=p,
        p_holm=p,
    )


def _of_arm(table: Floats, labels: Strings, name: str) -> tuple[Floats, Bools]:
    shown = (labels == name) | (labels == "")
    return table[:, shown], labels[shown] == name
