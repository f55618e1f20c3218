"""Draws the parameters of one image from their ranges."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pipeline import codec
from pipeline.contracts.render_ranges import RenderRanges

if TYPE_CHECKING:
    import numpy as np

Drawn = Mapping[str, float]

# Lengths and doses spread over factors, not over differences.
_BY_FACTORS = frozenset(
    {
        "rim_width_nm",
        "holder_level",
        "roughness",
        "roughness_scale_nm",
        "halo_reach_px",
        "streak_length_px",
        "texture",
        "texture_scale_px",
        "bloom_reach_px",
        "dose_electrons",
        "electronic_noise_grey",
    }
)
# Most microscopes are well kept: the square of a uniform number favours the low end.
_MOSTLY_LOW = frozenset(
    {
        "asymmetry",
        "streaks",
        "bloom",
        "shading",
        "defocus_px_per_um",
        "scan_jitter_px",
        "clipped_part",
    }
)


def draw(ranges: RenderRanges, rng: np.random.Generator) -> dict[str, float]:
    """Draw one value from each range.

    Parameters
    ----------
    ranges : RenderRanges
        From-to of each parameter.
    rng : numpy.random.Generator
        Source of all randomness; each parameter takes one number, in the order of the fields.

    Returns
    -------
    dict of str to float
        The values by name, in the order of the fields.
    """
    drawn = {}
    for info in codec.fields_of(RenderRanges):
        low, high = getattr(ranges, info.name)
        part = float(rng.random())
        if info.name in _MOSTLY_LOW:
            part **= 2
        if info.name in _BY_FACTORS and low > 0:
            value = low * (high / low) ** part
        else:
            value = low + (high - low) * part
        # Rounding keeps pairs.json readable; six digits are more than any parameter deserves.
        drawn[info.name] = _six_digits(min(max(value, low), high))
    return drawn


def _six_digits(value: float) -> float:
    return value if value == 0 else round(value, 5 - math.floor(math.log10(abs(value))))
