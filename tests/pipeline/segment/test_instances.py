"""Perfect maps give perfect particles; touching ones fall apart; dust is dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from pipeline.segment import targets
from pipeline.segment.instances import drop_small, find_instances
from pipeline.segment.validation import foreground_iou, instance_f1
from tests.pipeline.segment.discs import disc_labels, random_scene

if TYPE_CHECKING:
    from numpy.typing import NDArray


def from_truth(labels: NDArray[np.uint16], **options: float) -> NDArray[np.int32]:
    """Find the instances of the maps that a perfect network would draw."""
    asked = {"threshold": 0.5, "seed_distance_px": 4.0, "min_area_px": 30} | options
    return find_instances(
        (labels > 0).astype(np.float32),
        targets.contact(labels).astype(np.float32),
        targets.distance(labels),
        threshold=asked["threshold"],
        seed_distance_px=asked["seed_distance_px"],
        min_area_px=int(asked["min_area_px"]),
    )


def test_nothing_is_found_in_an_empty_image() -> None:
    assert not from_truth(np.zeros((32, 32), np.uint16)).any()


@pytest.mark.parametrize("radius", [5, 9, 40])
def test_touching_discs_become_two_particles(radius: int) -> None:
    side = 5 * radius
    middle = 2.5 * radius
    labels = disc_labels(
        (side, side), [(middle, middle - radius, radius), (middle, middle + radius, radius)]
    )
    found = from_truth(labels)
    assert found.max() == 2
    assert instance_f1(found, labels) == 1
    assert (found > 0).sum() == (labels > 0).sum()


@pytest.mark.parametrize("radius", [4, 12, 60])
def test_one_disc_stays_one_particle(radius: int) -> None:
    labels = disc_labels((140, 140), [(70, 70, radius)])
    np.testing.assert_array_equal(from_truth(labels), labels)


def test_a_crowded_scene_comes_back_from_its_own_targets() -> None:
    _, labels = random_scene(np.random.default_rng(3), (256, 256), 60)
    found = from_truth(labels)
    assert foreground_iou(found, labels) > 0.99
    assert instance_f1(found, labels) > 0.9


def test_a_part_without_a_seed_is_a_particle_of_its_own() -> None:
    mask = np.zeros((40, 40), np.float32)
    mask[5:15, 5:15] = mask[25:35, 25:35] = 1
    flat = np.zeros_like(mask)
    found = find_instances(mask, flat, flat, threshold=0.5, seed_distance_px=4, min_area_px=30)
    assert found.max() == 2
    assert (found > 0).sum() == 200


def test_small_pieces_are_dropped_and_the_rest_numbered_without_gaps() -> None:
    labels = np.zeros((20, 20), np.int32)
    labels[0, :5], labels[4:10, :10], labels[12:18, 5:15] = 1, 2, 7
    kept = drop_small(labels, min_area_px=30)
    assert set(np.unique(kept)) == {0, 1, 2}
    assert kept[5, 5] == 1
    assert kept[13, 10] == 2


def test_scores_of_known_pairs() -> None:
    truth = disc_labels((64, 64), [(16, 16, 8), (48, 48, 8)]).astype(np.int32)
    half = np.where(truth == 1, truth, 0)
    assert instance_f1(truth, truth) == 1
    assert instance_f1(half, truth) == pytest.approx(2 / 3)  # one match of 1 found and 2 true
    assert foreground_iou(half, truth) == 0.5
    assert instance_f1(np.zeros_like(truth), truth) == 0
    assert instance_f1((truth > 0).astype(np.int32), truth) == 0  # both merged: IoU is 0.5 each
    assert foreground_iou(np.zeros_like(truth), np.zeros_like(truth)) == 1
