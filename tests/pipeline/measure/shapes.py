"""Discs, ellipses and rectangles drawn by the pixel-centre rule, with their true lengths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ellipe

if TYPE_CHECKING:
    from numpy.typing import NDArray

MARGIN_PX = 5


@dataclass(frozen=True)
class Drawn:
    """A mask in labels of 1, and what a perfect ruler would read, px."""

    labels: NDArray[np.uint16]
    area: float
    minimum_feret: float
    maximum_feret: float
    perimeter: float


def _grid(
    reach: float, row: float, column: float, angle: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return coordinates along and across a turned figure whose centre is off by a part of a px."""
    side = 2 * int(np.ceil(reach)) + 2 * MARGIN_PX
    y, x = np.mgrid[:side, :side] - side / 2
    y, x = y - row, x - column
    cos, sin = np.cos(angle), np.sin(angle)
    return x * cos + y * sin, y * cos - x * sin


def ellipse(length: float, width: float, row: float, column: float, angle: float) -> Drawn:
    u, v = _grid(length / 2, row, column, angle)
    mask = (2 * u / length) ** 2 + (2 * v / width) ** 2 <= 1
    circumference = 2 * length * ellipe(1 - (width / length) ** 2)
    area = np.pi * length * width / 4
    return Drawn(mask.astype(np.uint16), area, width, length, float(circumference))


def disc(diameter: float, row: float, column: float) -> Drawn:
    return ellipse(diameter, diameter, row, column, 0.0)


def rectangle(length: float, width: float, row: float, column: float, angle: float) -> Drawn:
    u, v = _grid(np.hypot(length, width) / 2, row, column, angle)
    # Half-open, as rasterisers have it: a centre exactly on a side goes to one of two neighbours.
    mask = (-length / 2 <= u) & (u < length / 2) & (-width / 2 <= v) & (v < width / 2)
    return Drawn(
        mask.astype(np.uint16),
        length * width,
        min(length, width),
        float(np.hypot(length, width)),
        2 * (length + width),
    )
