"""The size distribution of the particles that count, with bootstrap intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

QUANTITIES = ("equivalent_diameter", "minimum_feret", "maximum_feret")
RESAMPLES = 2000
_LEAST = 2  # one particle has no spread to draw an interval from


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A value and its 95 % interval; None where too few particles were measured."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """One quantity over all particles that count; percentiles are by number.

    `border_corrected_mean` weights each particle by the inverse of its chance to be seen whole
    (Miles and Lantuéjoul); None where particles at the border were counted.
    """

    quantity: str
    unit: str
    mean: Estimate
    sd: Estimate
    d10: Estimate
    median: Estimate
    d90: Estimate
    border_corrected_mean: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeSummary:
    """How many particles count, how many do not and why, and how large they are."""

    measured: int
    excluded: dict[str, int]
    distributions: tuple[Distribution, ...]


def summarize(table: pd.DataFrame, *, seed: int) -> SizeSummary:
    """Summarize a table of particles.

    Parameters
    ----------
    table : pandas.DataFrame
        Rows of `measure_labels`, of one or several images.
    seed : int
        Seed of the bootstrap (percentile intervals of 2,000 resamples of the particles; Efron
        1979). Particles of one image are taken as independent.
    """
    counted = table[table["excluded"] == ""]
    reasons = table.loc[table["excluded"] != "", "excluded"].value_counts()
    units = ["px"]
    if len(table) and table["equivalent_diameter_nm"].notna().all():
        units.append("nm")
    return SizeSummary(
        measured=len(counted),
        excluded={str(reason): int(reasons[reason]) for reason in sorted(reasons.index)},
        distributions=tuple(
            _distribution(counted, quantity, unit, rng=np.random.default_rng(seed))
            for unit in units
            for quantity in QUANTITIES
        ),
    )


def _distribution(
    counted: pd.DataFrame, quantity: str, unit: str, *, rng: np.random.Generator
) -> Distribution:
    values = counted[f"{quantity}_{unit}"].to_numpy(float)
    weights = counted["border_weight"].to_numpy(float)
    weighted = len(values) > 0 and bool((weights > 0).all())
    estimates = _estimates(values, rng)
    return Distribution(
        quantity=quantity,
        unit=unit,
        **dict(zip(("mean", "sd", "d10", "median", "d90"), estimates, strict=True)),
        border_corrected_mean=float(np.average(values, weights=weights)) if weighted else None,
    )


def _statistics(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return mean, sample SD and the 10th, 50th and 90th percentile along the last axis."""
    return np.stack(
        [
            values.mean(axis=-1),
            values.std(axis=-1, ddof=1),
            *np.quantile(values, (0.1, 0.5, 0.9), axis=-1),
        ]
    )


def _estimates(values: NDArray[np.float64], rng: np.random.Generator) -> list[Estimate]:
    nothing = Estimate(value=None, low=None, high=None)
    if len(values) == 0:
        return [nothing] * 5
    if len(values) < _LEAST:
        only = Estimate(value=float(values[0]), low=None, high=None)
        return [only, nothing, only, only, only]
    # In slices: 2,000 resamples of 100,000 particles would be 1.6 GB at once.
    rounds = max(1, min(RESAMPLES, 4_000_000 // len(values)))
    drawn = [
        _statistics(
            values[rng.integers(0, len(values), (min(rounds, RESAMPLES - at), len(values)))]
        )
        for at in range(0, RESAMPLES, rounds)
    ]
    low, high = np.quantile(np.concatenate(drawn, axis=1), (0.025, 0.975), axis=1)
    return [
        Estimate(value=float(value), low=float(a), high=float(b))
        for value, a, b in zip(_statistics(values), low, high, strict=True)
    ]
