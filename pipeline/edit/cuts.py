"""Cutting a particle along a line without losing a pixel.

Two neighbouring pixels are parted where the line runs between their centres. Points are rounded to
odd eighths of a pixel, so none lies in line with pixel centres, and a centre exactly on the line
counts to its left: whole numbers all the way, as in `static/js/review/cuts.js`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from pipeline.contracts import Point

if TYPE_CHECKING:
    from numpy.typing import NDArray

EIGHTHS = 8
SLIVER_PX = 4  # smaller parts stay with the largest: a line along the rim shaves off such


def parts_of(
    mask: NDArray[np.bool_], line: Sequence[Point], *, top: int, left: int
) -> list[NDArray[np.bool_]]:
    """Return the parts that a line cuts off a particle, in the order of their first pixel.

    Parameters
    ----------
    mask : ndarray of shape (h, w), bool
        The particle in its bounding box.
    line : sequence of (row, column)
        Corners of the line, in the whole image.
    top, left : int
        First row and column of the bounding box.

    Returns
    -------
    list of ndarray of shape (h, w), bool
        All parts but the largest, which stays the particle; empty where the line does not cut.
    """
    whole = _pieces(mask, *_uncut(mask))
    cut = _pieces(mask, *_between(mask, line, top=top, left=left))
    sizes = np.bincount(cut[mask])
    found = []
    for piece in range(int(whole.max()) + 1):
        inside = np.unique(cut[whole == piece])
        inside = inside[sizes[inside] >= SLIVER_PX]
        if len(inside) > 1:
            largest = inside[np.argmax(sizes[inside])]
            found += [number for number in inside if number != largest]
    # Pieces are numbered by their first pixel, row by row.
    return [cut == number for number in sorted(found)]


def _uncut(mask: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which pixels are joined to the right and to the lower neighbour."""
    return mask[:, :-1] & mask[:, 1:], mask[:-1] & mask[1:]


def _between(
    mask: NDArray[np.bool_], line: Sequence[Point], *, top: int, left: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    right, down = _uncut(mask)
    at = [(_odd_eighths(row), _odd_eighths(column)) for row, column in line]
    rows = (np.arange(mask.shape[0], dtype=np.int64) + top) * EIGHTHS
    columns = (np.arange(mask.shape[1], dtype=np.int64) + left) * EIGHTHS
    for (r1, c1), (r2, c2) in itertools.pairwise(at):
        side = (r2 - r1) * (columns[None, :] - c1) - (c2 - c1) * (rows[:, None] - r1) >= 0
        in_row = ((r1 > rows) != (r2 > rows))[:, None]
        in_column = ((c1 > columns) != (c2 > columns))[None, :]
        right &= ~(in_row & (side[:, :-1] != side[:, 1:]))
        down &= ~(in_column & (side[:-1] != side[1:]))
    return right, down


def _odd_eighths(length_px: float) -> int:
    return 2 * math.floor(length_px * 4 + 0.5) + 1


def _pieces(
    mask: NDArray[np.bool_], right: NDArray[np.bool_], down: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return the number of each pixel's piece, from 0 on by first pixel; -1 on the ground."""
    numbers = np.full(mask.shape, -1, np.int64)
    numbers[mask] = np.arange(np.count_nonzero(mask))
    starts = np.concatenate([numbers[:, :-1][right], numbers[:-1][down]])
    ends = np.concatenate([numbers[:, 1:][right], numbers[1:][down]])
    size = np.count_nonzero(mask)
    graph = sparse.coo_array((np.ones(len(starts), bool), (starts, ends)), shape=(size, size))
    found = connected_components(graph, directed=False)[1]
    _, first = np.unique(found, return_index=True)
    order = np.argsort(np.argsort(first))
    pieces = np.full(mask.shape, -1, np.int64)
    pieces[mask] = order[found]
    return pieces
