"""Conversions between pixels and nanometres; the only place where a pixel size is multiplied."""

from __future__ import annotations

import math

METRE_IN_NM = 1e9


def nm_from_px(length_px: float, *, nm_per_px: float) -> float:
    """Length in nm of a length in pixels."""
    return length_px * nm_per_px


def nm2_from_px2(area_px2: float, *, nm_per_px: float) -> float:
    """Area in nm² of an area in square pixels."""
    return area_px2 * nm_per_px**2


def px_from_nm(length_nm: float, *, nm_per_px: float) -> float:
    """Length in pixels of a length in nm."""
    return length_nm / nm_per_px


def nm_from_metre(length_m: float) -> float:
    """Length in nm of a length in metres (the unit in which FEI tags store the pixel size)."""
    return length_m * METRE_IN_NM


def equivalent_diameter(area: float) -> float:
    """Diameter of the circle with this area, in the square root of the area's unit."""
    return math.sqrt(4.0 * area / math.pi)
