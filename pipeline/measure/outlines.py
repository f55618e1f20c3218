"""Which known outline explains a particle's mask, and how long and wide that outline is.

A mask holds less than its outline: a disc of 20 px drawn by the pixel-centre rule has a hull whose
narrowest width is up to 1.8 px too small and whose widest is nearly right, a square turned by 45°
the reverse, and no constant ("+1 px") mends both. Where the mask is, to within the rounding of its
pixels, a circle, an ellipse, a square or a rectangle of the same area and second moments, that
figure is measured instead of the pixels. It uses all pixels and not only the outermost, and so
reaches 1 % where the hull is 5 % off; an ellipse is then fitted to the pixels at its outline
(`pipeline.measure.ellipse_fit`). The outline used is told in the column `outline`; all others are
`free` and measured on the pixels (`pipeline.measure.calipers`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.measure.ellipse_fit import fitted_axes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.measure.pixel_sums import Moments, Particles

FREE, CIRCLE, ELLIPSE, SQUARE, RECTANGLE = "free", "circle", "ellipse", "square", "rectangle"

# Mean distance between mask and figure along the outline that the rounding to pixels explains; most
# at places of high symmetry, where many pixels lie on the outline: 0.303 for one ellipse of 37 px
# among 170,000. A hexagon of 20 px is 0.4 off.
ROUNDING_PX = 0.32
# How far rounding moves the aspect ratio of a round or square mask from 1. A disc's moments gather
# pixels from all round: some 1 / diameter**1.5. A square nearly along the pixel grid gains or loses
# whole rows: 1 / side.
_ROUND_ASPECT, _SQUARE_ASPECT = 4.0, 1.1
# Above this aspect ratio the long axis gives a rectangle's angle, below it the corners do.
_SQUARISH = 1.2
_SMALLEST_AREA_PX2 = 30.0  # a handful of pixels looks like anything
_AROUND_PX = 3  # what an ellipse is fitted to beside the particle: no farther pixel counts


@dataclass(frozen=True, slots=True, eq=False)
class Outlines:
    """Kind and lengths of each particle's outline; NaN where it is free. Shape (n,), px."""

    kind: NDArray[np.str_]
    minimum_feret: NDArray[np.float64]
    maximum_feret: NDArray[np.float64]
    perimeter: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _Frame:
    """Axes of a candidate figure: angle, and its length over its width."""

    angle: NDArray[np.float64]
    aspect: NDArray[np.float64]


def outlines_of(particles: Particles, moments: Moments) -> Outlines:
    """Find the outline of each particle."""
    diameter = np.sqrt(4 * moments.area / np.pi)
    principal = _frame(moments, moments.orientation)
    corners = _frame(moments, moments.square_orientation)
    squarish = principal.aspect < _SQUARISH
    boxed = _Frame(
        np.where(squarish, corners.angle, principal.angle),
        np.where(squarish, corners.aspect, principal.aspect),
    )
    round_ = np.abs(principal.aspect - 1) * diameter**1.5 <= _ROUND_ASPECT
    square = np.abs(boxed.aspect - 1) * np.sqrt(moments.area) <= _SQUARE_ASPECT
    principal = _Frame(principal.angle, np.where(round_, 1.0, principal.aspect))
    boxed = _Frame(boxed.angle, np.where(square, 1.0, boxed.aspect))
    ellipse, rectangle = _ellipse(moments, principal), _rectangle(moments, boxed)
    off = _mean_distances(particles, moments, principal, boxed, ellipse, rectangle)
    big = moments.area >= _SMALLEST_AREA_PX2
    is_ellipse = big & (off[0] <= ROUNDING_PX) & (off[0] <= off[1])
    is_rectangle = big & (off[1] <= ROUNDING_PX) & ~is_ellipse
    chosen = [is_ellipse & round_, is_ellipse, is_rectangle & square, is_rectangle]
    kind = np.select(chosen, [CIRCLE, ELLIPSE, SQUARE, RECTANGLE], FREE)
    ellipse = _fitted(particles, moments, principal, ellipse, is_ellipse & ~round_)
    lengths = [
        np.select([is_ellipse, is_rectangle], [of_ellipse, of_rectangle], np.nan)
        for of_ellipse, of_rectangle in zip(ellipse[2:], rectangle[2:], strict=True)
    ]
    return Outlines(kind, *lengths)


def _frame(moments: Moments, angle: NDArray[np.float64]) -> _Frame:
    along, across = _turned(
        moments.column_column, moments.row_row, moments.row_column, np.cos(angle), np.sin(angle)
    )
    # A single row of pixels has no spread across; a pixel's own spread, 1/12, keeps this finite.
    return _Frame(angle, np.sqrt((along + 1 / 12) / (across + 1 / 12)))


def _turned(
    xx: NDArray[np.float64],
    yy: NDArray[np.float64],
    yx: NDArray[np.float64],
    cos: NDArray[np.float64],
    sin: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the second moments along and across a direction."""
    along = xx * cos**2 + yy * sin**2 + 2 * yx * cos * sin
    return along, xx + yy - along


Figure = tuple["NDArray[np.float64]", ...]


def _ellipse(moments: Moments, frame: _Frame) -> Figure:
    """Return half-axes, minimum and maximum Feret diameter and perimeter, px."""
    half_length = np.sqrt(moments.area * frame.aspect / np.pi)
    return _lengths_of_ellipse(half_length, half_length / frame.aspect)


def _lengths_of_ellipse(
    half_length: NDArray[np.float64], half_width: NDArray[np.float64]
) -> Figure:
    low: NDArray[np.float64] = np.minimum(half_length, half_width)
    high: NDArray[np.float64] = np.maximum(half_length, half_width)
    h = ((high - low) / (high + low)) ** 2
    # Ramanujan 1914, second formula: within 4e-4 up to an aspect ratio of 20.
    perimeter = np.pi * (high + low) * (1 + 3 * h / (10 + np.sqrt(4 - 3 * h)))
    return half_length, half_width, 2 * low, 2 * high, perimeter


def _fitted(
    particles: Particles,
    moments: Moments,
    frame: _Frame,
    ellipse: Figure,
    chosen: NDArray[np.bool_],
) -> Figure:
    """Return the ellipses, those chosen fitted to the pixels at their outline."""
    half_length, half_width = ellipse[0].copy(), ellipse[1].copy()
    for number in np.flatnonzero(chosen):
        rows, columns = particles.boxes[number]
        own = np.pad(particles.numbers[rows, columns] == number + 1, _AROUND_PX)
        row, column = np.indices(own.shape)
        x = column + (columns.start - _AROUND_PX - moments.column[number])
        y = row + (rows.start - _AROUND_PX - moments.row[number])
        cos, sin = np.cos(frame.angle[number]), np.sin(frame.angle[number])
        fitted = fitted_axes(
            x * cos + y * sin,
            y * cos - x * sin,
            own,
            half_length=half_length[number],
            half_width=half_width[number],
        )
        if fitted is not None:
            half_length[number], half_width[number] = fitted
    return _lengths_of_ellipse(half_length, half_width)


def _rectangle(moments: Moments, frame: _Frame) -> Figure:
    """Return half-sides, minimum and maximum Feret diameter and perimeter, px."""
    length = np.sqrt(moments.area * frame.aspect)
    width = length / frame.aspect
    shorter = np.minimum(length, width)
    return length / 2, width / 2, shorter, np.hypot(length, width), 2 * (length + width)


def _mean_distances(
    particles: Particles,
    moments: Moments,
    principal: _Frame,
    boxed: _Frame,
    ellipse: Figure,
    rectangle: Figure,
) -> NDArray[np.float64]:
    """Return the mean distance of mask and ellipse, and of mask and rectangle, shape (2, n), px.

    Figure and mask have the same area, so as many pixels of the mask lie outside the figure as of
    the figure outside the mask; twice their number over the perimeter is the mean distance.
    """
    outside = np.zeros((2, len(particles.ids)))
    for number, row, column in particles.pixels():
        y, x = row - moments.row[number], column - moments.column[number]
        u, v = _into(x, y, principal, number)
        beyond = (u / ellipse[0][number]) ** 2 + (v / ellipse[1][number]) ** 2 > 1
        outside[0] += particles.sum(number[beyond])
        u, v = _into(x, y, boxed, number)
        beyond = (np.abs(u) > rectangle[0][number]) | (np.abs(v) > rectangle[1][number])
        outside[1] += particles.sum(number[beyond])
    return 2 * outside / np.stack([ellipse[4], rectangle[4]])


def _into(
    x: NDArray[np.float64], y: NDArray[np.float64], frame: _Frame, number: NDArray[np.int32]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the coordinates of pixels along and across the axes of their particle's frame."""
    # One cosine a particle, not one a pixel.
    cos, sin = np.cos(frame.angle)[number], np.sin(frame.angle)[number]
    return x * cos + y * sin, y * cos - x * sin
