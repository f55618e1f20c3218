"""Sums over the pixels of every particle at once, in strips so that memory stays small."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import ndimage

if TYPE_CHECKING:
    from numpy.typing import NDArray

_STRIP_PX = 2_000_000
_DIRECT_IDS = 1 << 24  # ids up to here are counted, larger ones sorted


@dataclass(frozen=True, slots=True, eq=False)
class Particles:
    """The particles of a label image under the numbers 0 to n - 1.

    Attributes
    ----------
    ids : ndarray of shape (n,), int64
        The label of each particle, ascending.
    numbers : ndarray of shape (H, W), int32
        Its number plus 1 on a particle's pixels, 0 on the ground.
    boxes : list of (slice, slice)
        Rows and columns of each bounding box.
    """

    ids: NDArray[np.int64]
    numbers: NDArray[np.int32]
    boxes: list[tuple[slice, slice]]

    def pixels(self) -> Iterator[tuple[NDArray[np.int32], Any, Any]]:
        """Give particle number, row and column of the foreground pixels, strip by strip."""
        rows = max(1, _STRIP_PX // max(1, self.numbers.shape[1]))
        for top in range(0, self.numbers.shape[0], rows):
            strip = self.numbers[top : top + rows]
            row, column = np.nonzero(strip)
            yield strip[row, column] - 1, (row + top).astype(float), column.astype(float)

    def sum(self, number: NDArray[np.int32], weight: Any = None) -> NDArray[np.float64]:
        """Return the sum of `weight` (1 where None) over the pixels of each particle."""
        return np.bincount(number, weights=weight, minlength=len(self.ids)).astype(float)


def particles_of(labels: NDArray[Any]) -> Particles:
    """Return the particles of a label image of shape (H, W), integer, 0 on the ground."""
    largest = int(labels.max(initial=0))
    if largest < _DIRECT_IDS:
        present = np.zeros(largest + 1, bool)
        present[labels.ravel()] = True
        present[0] = False
        ids = np.flatnonzero(present)
        lookup = np.zeros(largest + 1, np.int32)
        lookup[ids] = np.arange(1, len(ids) + 1)
        numbers = lookup[labels]
    else:
        values, inverse = np.unique(labels, return_inverse=True)
        ids = values[values != 0].astype(np.int64)
        offset = 0 if len(ids) < len(values) else 1
        numbers = (inverse.reshape(labels.shape) + offset).astype(np.int32)
    boxes = [(box[0], box[1]) for box in ndimage.find_objects(numbers)]
    return Particles(ids=ids.astype(np.int64), numbers=numbers, boxes=boxes)


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Area, centroid and central second moments of each particle; arrays of shape (n,), px.

    Pixels are points at their centres. `orientation` is the angle of the long axis from the
    columns' direction towards the rows', in radians; `square_orientation` that of one pair of sides
    under the assumption that the particle is a square.
    """

    area: NDArray[np.float64]
    row: NDArray[np.float64]
    column: NDArray[np.float64]
    row_row: NDArray[np.float64]
    column_column: NDArray[np.float64]
    row_column: NDArray[np.float64]
    orientation: NDArray[np.float64]
    square_orientation: NDArray[np.float64]


def moments_of(particles: Particles) -> Moments:
    """Compute the moments of all particles."""
    n = len(particles.ids)
    area, row, column = np.zeros(n), np.zeros(n), np.zeros(n)
    for number, r, c in particles.pixels():
        area += particles.sum(number)
        row += particles.sum(number, r)
        column += particles.sum(number, c)
    row, column = row / area, column / area
    second, fourth = np.zeros((3, n)), np.zeros((2, n))
    for number, r, c in particles.pixels():
        y, x = r - row[number], c - column[number]
        second += [particles.sum(number, w) for w in (y * y, x * x, y * x)]
        # Real and imaginary part of (x + i y)**4.
        even, odd = x * x - y * y, 2 * x * y
        fourth += [
            particles.sum(number, even * even - odd * odd),
            particles.sum(number, 2 * even * odd),
        ]
    yy, xx, yx = second / area
    return Moments(
        area=area,
        row=row,
        column=column,
        row_row=yy,
        column_column=xx,
        row_column=yx,
        orientation=0.5 * np.arctan2(2 * yx, xx - yy),
        # The fourth power has the square's symmetry; it points to the corners, 45° off the sides.
        square_orientation=(np.arctan2(fourth[1], fourth[0]) + np.pi) / 4,
    )
