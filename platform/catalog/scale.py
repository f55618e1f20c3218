"""Pixel sizes that can be true."""

import math

from catalog.errors import Refused

# From below a tenth of an ångström to a millimetre: an electron microscope stays inside.
LEAST_NM, MOST_NM = 0.001, 1e6


def checked_nm_per_px(value: float) -> float:
    if not math.isfinite(value) or not LEAST_NM <= value <= MOST_NM:
        raise Refused(
            f"A pixel of {value:g} nm cannot be true; write the nanometres of one pixel, "
            "e.g. 2.5, between 0.001 and 1,000,000."
        )
    return value
