"""Applying edits to labels one after the other; the first impossible one is refused by number."""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatchmethod
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from pipeline.contracts import Delete, Edit, Erase, Merge, Paint, Renumber, Split
from pipeline.edit import cuts, strokes
from pipeline.errors import SemblanceError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_LABELS = np.iinfo(np.uint16).max
MOST_MERGED = 100
_AROUND = np.ones((3, 3), bool)

Box = tuple[slice, ...]  # rows and columns


class EditRefused(SemblanceError):
    """An edit that cannot be done; nothing of its list was kept.

    Parameters
    ----------
    position : int
        Its place in the list, from 0 on.
    reason : str
        What is wrong with it and what can be done instead.
    """

    def __init__(self, position: int, reason: str) -> None:
        super().__init__(f"Edit {position + 1}: {reason}")
        self.position = position
        self.reason = reason


class _CannotBeDone(Exception):
    """Why an edit cannot be done."""


def apply_edits(labels: NDArray[np.int32], edits: Sequence[Edit]) -> NDArray[np.int32]:
    """Return corrected labels; `labels` stay as they are.

    Parameters
    ----------
    labels : ndarray of shape (H, W), int32
        Instance labels, 0 on the ground.
    edits : sequence of Edit
        In the order in which they are done.

    Raises
    ------
    EditRefused
        An edit names a particle that is not there, merges what does not touch, or changes nothing.
    """
    canvas = _Canvas(labels.copy())
    for position, edit in enumerate(edits):
        try:
            canvas.do(edit)
        except _CannotBeDone as refused:
            raise EditRefused(position, str(refused)) from None
    return canvas.labels


class _Canvas:
    def __init__(self, labels: NDArray[np.int32]) -> None:
        self.labels = labels
        self.next = int(labels.max(initial=0)) + 1  # numbers are never used twice
        self.boxes = _boxes(labels)

    @singledispatchmethod
    def do(self, edit: Edit) -> None:
        raise TypeError(edit)

    @do.register
    def _(self, edit: Delete) -> None:
        if not edit.labels:
            raise _CannotBeDone("names no particle to delete.")
        for label in dict.fromkeys(edit.labels):
            box = self.box(label)
            inside = self.labels[box]
            inside[inside == label] = 0

    @do.register
    def _(self, edit: Merge) -> None:
        chosen = sorted(set(edit.labels))
        if len(chosen) < 2:
            raise _CannotBeDone("merges fewer than two particles; pick two or more that touch.")
        if len(chosen) > MOST_MERGED:
            raise _CannotBeDone(f"merges more than {MOST_MERGED} particles; do it in steps.")
        boxes = [self.box(label) for label in chosen]
        window = tuple(
            slice(
                max(0, min(box[axis].start for box in boxes) - 1),
                max(box[axis].stop for box in boxes) + 1,
            )
            for axis in (0, 1)
        )
        inside = self.labels[window]
        masks = [inside == label for label in chosen]
        groups = _touching(masks)
        bridge = np.zeros(inside.shape, bool)
        if len(set(groups)) > 1:
            # One line of ground between two particles, as some masks have it, becomes theirs.
            bridge = _bridge(masks, groups) & (inside == 0)
            numbers, pieces = ndimage.label(bridge, _AROUND)
            parts = [numbers == piece for piece in range(1, pieces + 1)]
            if len(set(_touching([*masks, *parts]))) > 1:
                raise _CannotBeDone(
                    f"{_listed(chosen)} do not touch; paint a bridge between them first, or merge "
                    "only those that touch."
                )
        inside[np.logical_or.reduce([*masks, bridge])] = chosen[0]
        self.boxes[chosen[0]] = window

    @do.register
    def _(self, edit: Split) -> None:
        if len(edit.line) < 2:
            raise _CannotBeDone("has a line of one point; draw it from edge to edge.")
        box = self.box(edit.label)
        inside = self.labels[box]
        parts = cuts.parts_of(inside == edit.label, edit.line, top=box[0].start, left=box[1].start)
        if not parts:
            raise _CannotBeDone(
                f"its line does not cut particle {edit.label} in two; draw it from edge to edge."
            )
        for part in parts:
            inside[part] = self.new(box)

    @do.register
    def _(self, edit: Paint) -> None:
        if edit.label:
            self.box(edit.label)
        mask = self.stroke(edit)
        if not edit.over:
            mask &= self.labels == 0
        mask &= self.labels != edit.label if edit.label else True
        if not mask.any():
            raise _CannotBeDone("paints no pixel: it lies outside, or on particles only.")
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        box: Box = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
        if edit.label:
            old = self.box(edit.label)
            box = tuple(
                slice(min(a.start, b.start), max(a.stop, b.stop))
                for a, b in zip(old, box, strict=True)
            )
            self.boxes[edit.label] = box
        self.labels[mask] = edit.label or self.new(box)

    @do.register
    def _(self, edit: Erase) -> None:
        if edit.label:
            self.box(edit.label)
        mask = self.stroke(edit)
        mask &= self.labels == edit.label if edit.label else self.labels != 0
        if not mask.any():
            raise _CannotBeDone("erases no pixel: there is no particle under it.")
        self.labels[mask] = 0

    @do.register
    def _(self, edit: Renumber) -> None:
        del edit
        present = np.unique(self.labels)
        present = present[present != 0]
        table = np.zeros(self.next, np.int32)
        table[present] = np.arange(1, len(present) + 1)
        self.labels = table[self.labels]
        self.next = len(present) + 1
        self.boxes = _boxes(self.labels)

    def stroke(self, edit: Paint | Erase) -> NDArray[np.bool_]:
        if edit.shape == "polygon" and len(edit.points) < 3:
            raise _CannotBeDone("has a polygon of fewer than three corners.")
        return strokes.covered(
            self.labels.shape,  # type: ignore[arg-type] # numpy does not know that it has two axes
            edit.points,
            radius_px=edit.radius_px,
            polygon=edit.shape == "polygon",
        )

    def box(self, label: int) -> Box:
        """Return rows and columns that hold a particle, or refuse where it is not there."""
        box = self.boxes.get(label)
        if box is None or not (self.labels[box] == label).any():
            raise _CannotBeDone(f"there is no particle {label} any more.")
        return box

    def new(self, box: Box) -> int:
        if self.next > MOST_LABELS:
            raise _CannotBeDone(f"more than {MOST_LABELS} numbers are in use; renumber first.")
        self.boxes[self.next] = box
        self.next += 1
        return self.next - 1


def _boxes(labels: NDArray[np.int32]) -> dict[int, Box | None]:
    return dict(enumerate(ndimage.find_objects(labels), start=1))


def _touching(masks: Sequence[NDArray[np.bool_]]) -> list[int]:
    """Return a group number for each mask; masks that touch, corners too, share one."""
    groups = list(range(len(masks)))
    grown = [ndimage.binary_dilation(mask, _AROUND) for mask in masks]
    for first in range(len(masks)):
        for second in range(first):
            if groups[first] != groups[second] and (grown[first] & masks[second]).any():
                gone, kept = groups[first], groups[second]
                groups = [kept if group == gone else group for group in groups]
    return groups


def _bridge(masks: Sequence[NDArray[np.bool_]], groups: Sequence[int]) -> NDArray[np.bool_]:
    """Return the pixels that touch masks of two groups."""
    near = np.zeros(masks[0].shape, np.int64)
    for group in set(groups):
        joined = np.logical_or.reduce(
            [mask for mask, own in zip(masks, groups, strict=True) if own == group]
        )
        near += ndimage.binary_dilation(joined, _AROUND)
    bridge: NDArray[np.bool_] = near >= 2
    return bridge


def _listed(labels: Sequence[int]) -> str:
    shown = [str(label) for label in labels[:6]] + (["..."] if len(labels) > 6 else [])
    return "particles " + ", ".join(shown[:-1]) + " and " + shown[-1]
