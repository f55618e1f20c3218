"""What counts, what does not and why, and the columns of the table."""

from __future__ import annotations

import time

import cv2
import numpy as np
import pytest

from pipeline.measure import counted_diameters_px, measure_labels
from pipeline.measure.particles import LENGTHS


def _board(shape: tuple[int, int] = (100, 120)) -> np.ndarray[tuple[int, int], np.dtype[np.int32]]:
    return np.zeros(shape, np.int32)


def test_a_particle_at_any_border_is_excluded_as_such() -> None:
    labels = _board()
    for label, (row, column) in enumerate([(0, 40), (80, 40), (40, 0), (40, 100), (40, 40)], 1):
        labels[row : row + 20, column : column + 20] = label
    table = measure_labels(labels, nm_per_px=None, exclude_border=True, min_side_px=10)
    assert list(table.excluded) == ["touches border"] * 4 + [""]
    kept = measure_labels(labels, nm_per_px=None, exclude_border=False, min_side_px=10)
    assert list(kept.excluded) == [""] * 5


def test_the_row_above_the_data_bar_is_a_border_and_below_nothing_is_measured() -> None:
    labels = _board()
    labels[60:80, 10:30] = 1
    labels[59:79, 50:70] = 2
    labels[85:99, 10:30] = 3
    table = measure_labels(
        labels, nm_per_px=None, exclude_border=True, min_side_px=10, valid_rows=80
    )
    assert list(table.label) == [1, 2]
    assert list(table.excluded) == ["touches border", ""]


def test_a_shorter_side_under_the_limit_is_excluded() -> None:
    labels = _board()
    labels[10:19, 10:40] = 1
    labels[30:40, 10:40] = 2
    labels[0:9, 50:60] = 3
    table = measure_labels(labels, nm_per_px=None, exclude_border=True, min_side_px=10)
    assert list(table.excluded) == ["shorter side under 10 px", "", "touches border"]


def test_the_diameters_that_count_are_those_of_the_table() -> None:
    labels = _board()
    for label, (row, column) in enumerate([(0, 40), (80, 40), (40, 40), (70, 90)], 3):
        labels[row : row + 15, column : column + 15 + label] = label
    labels[30:39, 90:100] = 20
    table = measure_labels(labels, nm_per_px=None, exclude_border=True, min_side_px=10)
    expected = table.loc[table.excluded == "", "equivalent_diameter_px"]
    assert len(expected) == 3
    assert list(counted_diameters_px(labels, min_side_px=10)) == list(expected)
    assert len(counted_diameters_px(_board(), min_side_px=10)) == 0


def test_lengths_scale_with_the_pixel_size_and_areas_with_its_square() -> None:
    labels = _board()
    labels[10:40, 10:50] = 1
    row = measure_labels(labels, nm_per_px=2.5, exclude_border=True, min_side_px=10).iloc[0]
    for name in LENGTHS:
        assert row[f"{name}_nm"] == pytest.approx(2.5 * row[f"{name}_px"])
    assert row.area_nm2 == pytest.approx(6.25 * 1200)
    unknown = measure_labels(labels, nm_per_px=None, exclude_border=True, min_side_px=10)
    assert unknown[[f"{name}_nm" for name in LENGTHS]].isna().all(axis=None)


def test_place_and_box_are_rows_before_columns() -> None:
    labels = _board()
    labels[10:41, 50:61] = 7
    row = measure_labels(labels, nm_per_px=None, exclude_border=True, min_side_px=10).iloc[0]
    assert (row.label, row.centroid_row_px, row.centroid_column_px) == (7, 25.0, 55.0)
    assert (row.top_px, row.left_px, row.height_px, row.width_px) == (10, 50, 31, 11)
    assert row.area_px2 == 31 * 11


def test_an_empty_image_gives_a_table_with_the_same_columns() -> None:
    empty = measure_labels(_board(), nm_per_px=1.0, exclude_border=True, min_side_px=10)
    labels = _board()
    labels[10:40, 10:40] = 1
    full = measure_labels(labels, nm_per_px=1.0, exclude_border=True, min_side_px=10)
    assert len(empty) == 0
    assert list(empty.columns) == list(full.columns)


@pytest.mark.parametrize("ids", [[3, 9, 500], [1, 2, 70_000], [5, 2**24 + 1, 2**31 - 1]])
def test_ids_may_be_sparse_and_large(ids: list[int]) -> None:
    labels = _board()
    for place, label in enumerate(ids):
        labels[10:30, 10 + 30 * place : 30 + 30 * place] = label
    table = measure_labels(labels, nm_per_px=None, exclude_border=True, min_side_px=10)
    assert list(table.label) == ids
    assert list(table.area_px2) == [400] * 3


def test_touching_particles_are_measured_apart() -> None:
    labels = _board()
    labels[20:40, 20:40] = 1
    labels[20:40, 40:60] = 2
    table = measure_labels(labels, nm_per_px=None, exclude_border=True, min_side_px=10)
    assert list(table.maximum_feret_px) == pytest.approx([20 * np.sqrt(2)] * 2)


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (5, 1), (2, 2)])
def test_specks_have_finite_lengths(shape: tuple[int, int]) -> None:
    labels = _board()
    labels[20 : 20 + shape[0], 20 : 20 + shape[1]] = 1
    row = measure_labels(labels, nm_per_px=None, exclude_border=True, min_side_px=0).iloc[0]
    assert row.minimum_feret_px == pytest.approx(min(shape), abs=0.5)
    assert np.isfinite(row[["perimeter_px", "aspect_ratio", "circularity"]].astype(float)).all()


def test_border_weights_make_up_for_particles_lost_at_the_border() -> None:
    # A 60 x 50 px particle in 100 x 120 px is seen whole in (100-60)(120-50) of 100 x 120 places.
    labels = _board()
    labels[20:80, 30:80] = 1
    row = measure_labels(labels, nm_per_px=None, exclude_border=True, min_side_px=0).iloc[0]
    assert row.border_weight == pytest.approx(100 * 120 / (40 * 70))


@pytest.mark.slow
def test_five_thousand_irregular_particles_take_seconds() -> None:
    labels = np.zeros((3600, 3600), np.int32)
    rng = np.random.default_rng(0)
    for k in range(5000):
        row, column = 25 + 50 * (k // 71), 25 + 50 * (k % 71)
        points = rng.normal(0, 8, (9, 2)) + np.array([column, row])
        cv2.fillPoly(labels, [np.rint(points).astype(np.int32)], (k + 1,))
    started = time.process_time()
    table = measure_labels(labels, nm_per_px=1.0, exclude_border=True, min_side_px=10)
    assert len(table) > 4900
    assert time.process_time() - started < 15  # 2 s on an idle core
