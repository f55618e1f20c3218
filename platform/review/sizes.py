"""Equivalent diameters of the particles that count, and the figures that sum them up."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from review.models import MaskVersion
from review.particles import particles_read

# Student's t for a two-sided 95 % interval at 1 to 30 degrees of freedom.
_T95 = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160),
    *(2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056),
    *(2.052, 2.048, 2.045, 2.042),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """In nm where the pixel size is known, else in px; None where there are too few particles."""

    n: int
    mean: float | None
    mean_low: float | None
    mean_high: float | None
    sd: float | None
    d10: float | None
    d50: float | None
    d90: float | None


def diameters_of(version: MaskVersion) -> list[float]:
    told = particles_read(version.particles)
    scale = told["nm_per_px"] or 1.0
    columns = told["columns"]
    pairs = zip(columns["equivalent_diameter_px"], columns["excluded"], strict=True)
    return [px * scale for px, excluded in pairs if not excluded]


def sizes_of(version: MaskVersion) -> Sizes:
    return summed_up(diameters_of(version))


def summed_up(values: Sequence[float]) -> Sizes:
    if len(values) < 2:
        only = values[0] if values else None
        nothing = dict.fromkeys(("mean_low", "mean_high", "sd"))
        return Sizes(n=len(values), mean=only, d10=only, d50=only, d90=only, **nothing)
    ordered = sorted(values)
    mean, sd = statistics.fmean(ordered), statistics.stdev(ordered)
    half = t95(len(ordered) - 1) * sd / math.sqrt(len(ordered))
    return Sizes(
        n=len(ordered),
        mean=mean,
        mean_low=mean - half,
        mean_high=mean + half,
        sd=sd,
        d10=quantile(ordered, 0.1),
        d50=quantile(ordered, 0.5),
        d90=quantile(ordered, 0.9),
    )


def quantile(ordered: Sequence[float], part: float) -> float:
    """Between neighbours in proportion, as numpy and R (type 7) have it."""
    at = (len(ordered) - 1) * part
    low = math.floor(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (at - low) * (ordered[high] - ordered[low])


def t95(degrees: int) -> float:
    if degrees <= len(_T95):
        return _T95[degrees - 1]
    z = 1.959964
    # The first terms of the expansion in 1 / degrees (Abramowitz and Stegun 26.7.5).
    return z + (z**3 + z) / (4 * degrees) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * degrees**2)
