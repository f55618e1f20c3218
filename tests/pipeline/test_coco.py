"""Masks as outlines and as run lengths, and back: the same masks."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from pipeline import coco

masks = arrays.arrays(bool, st.tuples(st.integers(1, 12), st.integers(1, 12)))


@given(mask=masks)
@settings(deadline=None, max_examples=200)
def test_run_lengths_are_exact(mask: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> None:
    size = {"height_px": mask.shape[0], "width_px": mask.shape[1]}
    assert np.array_equal(coco.mask_of(coco.runs_of(mask), **size), mask)


@given(mask=masks)
@settings(deadline=None, max_examples=200)
def test_outlines_are_exact_where_there_are_no_holes(
    mask: np.ndarray[tuple[int, int], np.dtype[np.bool_]],
) -> None:
    rings, has_holes = coco.rings_of(mask)
    assert bool(rings) == bool(mask.any())
    if not rings:
        return
    flat = [[float(value) for corner in ring for value in corner] for ring in rings]
    back = coco.mask_of(flat, height_px=mask.shape[0], width_px=mask.shape[1])
    assert (back | ~mask).all()  # all of the mask is inside its outlines
    assert has_holes or np.array_equal(back, mask)


def test_a_square_has_four_corners_and_a_ring_a_hole() -> None:
    mask = np.zeros((9, 9), bool)
    mask[2:6, 3:7] = True
    rings, has_holes = coco.rings_of(mask)
    assert [sorted(map(tuple, ring)) for ring in rings] == [[(3, 2), (3, 6), (7, 2), (7, 6)]]
    assert not has_holes
    mask[3, 4] = False
    assert coco.rings_of(mask)[1]
