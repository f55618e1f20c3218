"""How two label images of one micrograph differ, particle by particle, in words for people."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scipy import ndimage

from pipeline.evaluate.matching import areas, overlaps

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Kind = Literal["missed", "invented", "merged", "split", "outline"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Particles of the first and of the second labels that do not agree.

    Attributes
    ----------
    kind : str
        ``missed``: only the second has it. ``invented``: only the first has it. ``merged``: one of
        the first covers several of the second. ``split``: several of the first lie in one of the
        second. ``outline``: one of each overlap, but by too little to be the same.
    first, second : tuple of int
        Labels of the particles concerned.
    iou : float
        Intersection over union of all of them together; 0 where one side has none.
    top_px, left_px, height_px, width_px : int
        The box round all of them.
    """

    kind: Kind
    first: tuple[int, ...]
    second: tuple[int, ...]
    iou: float
    top_px: int
    left_px: int
    height_px: int
    width_px: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Same:
    """A particle that both have."""

    first: int
    second: int
    iou: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What both have, and where they differ, in the order of kinds and from the top down."""

    same: tuple[Same, ...]
    differences: tuple[Difference, ...]


def compare(first: NDArray[np.int32], second: NDArray[np.int32], *, match_iou: float) -> Comparison:
    """Compare two label images.

    Particles whose IoU is above `match_iou` are the same. Of the rest, a particle belongs to the
    one of the other side that holds at least half of its area; several that belong to one are
    merged (seen from the first) or split.

    Parameters
    ----------
    first, second : ndarray of shape (H, W), int32
        Instance labels, 0 on the ground.
    match_iou : float
        At least 0.5.
    """
    sides = _Sides(first, second)
    same = sides.same(match_iou)
    left = [
        set(sides.area[0]) - {pair.first for pair in same},
        set(sides.area[1]) - {pair.second for pair in same},
    ]
    found: list[Difference] = []
    # One may be the same as another and yet hold a second, smaller one: that is merged too.
    for held_by, kind in ((0, "merged"), (1, "split")):
        for holder, held in sorted(sides.held(held_by).items()):
            if len(held) > 1 and any(label in left[1 - held_by] for label in held):
                groups: tuple[tuple[int, ...], ...] = ((holder,), tuple(sorted(held)))
                found.append(sides.difference(kind, *groups[:: 1 - 2 * held_by]))
                left[held_by].discard(holder)
                left[1 - held_by] -= set(held)
    for one, other in sides.best_overlaps():
        if one in left[0] and other in left[1]:
            found.append(sides.difference("outline", (one,), (other,)))
            left[0].discard(one)
            left[1].discard(other)
    found += [sides.difference("missed", (), (label,)) for label in left[1]]
    found += [sides.difference("invented", (label,), ()) for label in left[0]]
    order = {"missed": 0, "invented": 1, "merged": 2, "split": 3, "outline": 4}
    found.sort(key=lambda d: (order[d.kind], d.top_px, d.left_px, d.first, d.second))
    return Comparison(same=tuple(same), differences=tuple(found))


class _Sides:
    """Areas, overlaps and boxes of both label images."""

    def __init__(self, first: NDArray[np.int32], second: NDArray[np.int32]) -> None:
        self.area = []
        for labels in (first, second):
            ids, area = areas(labels)
            self.area.append(dict(zip(ids.tolist(), area.tolist(), strict=True)))
        pairs, common = overlaps(first, second)
        self.common = dict(zip(zip(*pairs.tolist(), strict=True), common.tolist(), strict=True))
        self.boxes = [ndimage.find_objects(labels) for labels in (first, second)]

    def same(self, match_iou: float) -> list[Same]:
        found = []
        for (one, other), common in sorted(self.common.items()):
            union = self.area[0][one] + self.area[1][other] - common
            if common > match_iou * union:
                found.append(Same(first=one, second=other, iou=common / union))
        return found

    def held(self, by: int) -> dict[int, list[int]]:
        """Return which particles of the other side lie by half or more in each of this side."""
        found = defaultdict(list)
        for pair, common in self.common.items():
            if 2 * common >= self.area[1 - by][pair[1 - by]]:
                found[pair[by]].append(pair[1 - by])
        return found

    def best_overlaps(self) -> list[tuple[int, int]]:
        """Return pairs that overlap by a tenth of the smaller one or more, the largest first."""
        wide = [
            (-common, pair)
            for pair, common in self.common.items()
            if 10 * common >= min(self.area[0][pair[0]], self.area[1][pair[1]])
        ]
        return [pair for _, pair in sorted(wide)]

    def difference(self, kind: str, first: tuple[int, ...], second: tuple[int, ...]) -> Difference:
        common = sum(self.common.get((one, other), 0) for one in first for other in second)
        total = sum(self.area[0][one] for one in first) + sum(self.area[1][two] for two in second)
        boxes = [self.boxes[0][one - 1] for one in first] + [
            self.boxes[1][two - 1] for two in second
        ]
        top, left = (min(box[axis].start for box in boxes) for axis in (0, 1))
        bottom, right = (max(box[axis].stop for box in boxes) for axis in (0, 1))
        return Difference(
            kind=kind,  # type: ignore[arg-type] # the callers pass the words of Kind
            first=first,
            second=second,
            iou=common / (total - common),
            top_px=top,
            left_px=left,
            height_px=bottom - top,
            width_px=right - left,
        )
