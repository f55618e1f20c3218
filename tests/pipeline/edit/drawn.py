"""Label images of discs, and a stage that says nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.contracts import Event


def silent(event: Event) -> None:
    del event


def discs(shape: tuple[int, int], *circles: tuple[float, float, float]) -> NDArray[np.int32]:
    """Draw circles (row, column, radius) as labels 1, 2, 3 ..., the later over the earlier."""
    rows, columns = np.indices(shape)
    labels = np.zeros(shape, np.int32)
    for label, (row, column, radius) in enumerate(circles, start=1):
        labels[(rows - row) ** 2 + (columns - column) ** 2 <= radius**2] = label
    return labels


def area(labels: NDArray[np.int32], label: int) -> int:
    return int(np.count_nonzero(labels == label))
