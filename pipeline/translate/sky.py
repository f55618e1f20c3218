"""How much of the sky each point of a relief sees, and on which side."""

from __future__ import annotations

import math

import numpy as np

from pipeline.translate.fields import Field, resized

_DIRECTIONS = 8
_NEAR_PX = (1, 2, 3)  # looked at pixel by pixel
_FAR_PX = (2, 3, 4, 6, 9, 13, 19)  # looked at on a grid of half the size, so up to 38 px


def visible_sky(
    height_nm: Field, right: Field, up: Field, nm_per_px: float
) -> tuple[Field, Field, Field]:
    """Return the visible part of the sky and its first harmonic over azimuth.

    The sky-view factor of a flat surface after Dozier and Frew 1990 (IEEE Trans. Geosci. Remote
    Sens. 28:963), the mean of cos(H)^2 over azimuth with H the elevation of the horizon, with one
    change: a slope's own rise is not counted, since an in-lens detector draws electrons off a
    free slope too.
    """
    rows, columns = height_nm.shape
    small = resized(height_nm, rows=-(-rows // 2), columns=-(-columns // 2))
    total, to_right, to_up = (np.zeros_like(height_nm) for _ in range(3))
    for number in range(_DIRECTIONS):
        angle = 2 * math.pi * number / _DIRECTIONS
        cos, sin = math.cos(angle), math.sin(angle)
        horizon = _horizon(height_nm, cos, sin, _NEAR_PX, nm_per_px)
        far = _horizon(small, cos, sin, _FAR_PX, 2 * nm_per_px)
        np.maximum(horizon, resized(far, rows=rows, columns=columns), out=horizon)
        own = np.float32(cos) * right
        own += np.float32(sin) * up
        horizon -= np.maximum(own, 0, out=own)
        np.maximum(horizon, 0, out=horizon)
        horizon *= horizon
        horizon += 1
        seen = np.reciprocal(horizon, out=horizon)  # cos(H)^2 = 1 / (1 + tan(H)^2)
        total += seen
        to_right += np.float32(2 * cos) * seen
        to_up += np.float32(2 * sin) * seen
    scale = np.float32(1 / _DIRECTIONS)
    return total * scale, to_right * scale, to_up * scale


def _horizon(
    height: Field, cos: float, sin: float, distances: tuple[int, ...], nm_per_px: float
) -> Field:
    """Tangent of the horizon's elevation towards one azimuth."""
    rows, columns = height.shape
    steepest = np.zeros_like(height)
    for distance in distances:
        down, across = -round(distance * sin), round(distance * cos)
        if abs(down) >= rows or abs(across) >= columns:
            continue
        here = (
            slice(max(0, -down), rows - max(0, down)),
            slice(max(0, -across), columns - max(0, across)),
        )
        there = (
            slice(max(0, down), rows + min(0, down)),
            slice(max(0, across), columns + min(0, across)),
        )
        rise = height[there] - height[here]
        rise *= np.float32(1 / (math.hypot(down, across) * nm_per_px))
        np.maximum(steepest[here], rise, out=steepest[here])
    return steepest
