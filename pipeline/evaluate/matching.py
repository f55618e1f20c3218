"""Which predicted particle is which true one, from one pass over the pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

AP_THRESHOLDS = tuple(round(0.5 + 0.05 * step, 2) for step in range(10))
_STRIP_PX = 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """The pairs of particles that overlap by more than half, and how many particles there are.

    Attributes
    ----------
    iou : ndarray of shape (pairs,), float64
        Intersection over union of each pair above 0.5. No particle is in two of them: two disjoint
        particles cannot both cover more than half of the union with a third (Kirillov 2019, PQ).
    predicted, true : int
        Number of particles.
    """

    iou: NDArray[np.float64]
    predicted: int
    true: int

    def true_positives(self, threshold: float) -> int:
        """Return the number of pairs above `threshold`, at least 0.5."""
        return int(np.count_nonzero(self.iou > threshold))


def match(predicted: NDArray[np.int32], true: NDArray[np.int32]) -> Matches:
    """Match particles one to one.

    Parameters
    ----------
    predicted, true : ndarray of shape (H, W), int32
        Instance labels, 0 on the ground.
    """
    predicted_ids, predicted_area = areas(predicted)
    true_ids, true_area = areas(true)
    pairs, common = overlaps(predicted, true)
    rows = np.searchsorted(predicted_ids, pairs[0])
    columns = np.searchsorted(true_ids, pairs[1])
    union = predicted_area[rows] + true_area[columns] - common
    # In whole numbers: half of a union is exactly half, whatever the floats say.
    above_half = 2 * common > union
    return Matches(
        iou=common[above_half] / union[above_half],
        predicted=len(predicted_ids),
        true=len(true_ids),
    )


def areas(labels: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return ids, ascending, and their areas in px², the ground left out."""
    ids, area = _counted(labels.astype(np.int64), bound=int(labels.max(initial=0)) + 1)
    return ids[ids != 0], area[ids != 0]


def overlaps(
    predicted: NDArray[np.int32], true: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return ids of the pairs that share pixels, shape (2, pairs), and how many they share."""
    both = (predicted != 0) & (true != 0)
    width = int(true.max(initial=0)) + 1
    keys = predicted[both].astype(np.int64) * width + true[both]
    pairs, common = _counted(keys, bound=(int(predicted.max(initial=0)) + 1) * width)
    return np.stack(np.divmod(pairs, width)), common


def _counted(keys: NDArray[Any], *, bound: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return distinct keys, ascending, and how often each occurs."""
    if bound <= _STRIP_PX:
        counts = np.bincount(keys.ravel(), minlength=1)
        found = np.flatnonzero(counts)
        return found, counts[found]
    values, counts = np.unique(keys, return_counts=True)
    return values, counts
