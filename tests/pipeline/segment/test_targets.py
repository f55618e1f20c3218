"""Targets of scenes whose answer is known without a computer."""

from __future__ import annotations

import numpy as np

from pipeline.segment import targets
from tests.pipeline.segment.discs import disc_labels

SHAPE = (48, 80)


def test_discs_apart_have_no_contact() -> None:
    labels = disc_labels(SHAPE, [(24, 20, 12), (24, 58, 12)])
    assert not targets.contact(labels).any()


def test_touching_discs_have_contact_only_where_they_meet() -> None:
    labels = disc_labels(SHAPE, [(24, 20, 14.5), (24, 49, 14.5)])
    rows, columns = np.nonzero(targets.contact(labels))
    assert len(rows) > 0
    assert np.abs(columns - 34.5).max() <= 1.5
    assert np.abs(rows - 24).max() <= 7  # half the chord where the discs are a pixel or so apart


def test_a_gap_of_one_pixel_counts_as_contact_and_of_two_does_not() -> None:
    labels = np.zeros((8, 12), np.uint16)
    labels[:, :4], labels[:, 5:] = 1, 2
    assert targets.contact(labels)[:, 4].all()
    labels[:, 5] = 0
    assert not targets.contact(labels).any()


def test_the_contact_of_the_highest_label_is_found() -> None:
    labels = np.full((4, 4), 65535, np.uint16)
    labels[:, :2] = 65534
    assert targets.contact(labels)[:, 1:3].all()


def test_the_distance_is_one_in_each_middle_whatever_the_size() -> None:
    labels = disc_labels(SHAPE, [(24, 20, 15), (24, 58, 5)])
    distance = targets.distance(labels)
    assert distance[24, 20] == 1
    assert distance[24, 58] == 1
    assert not distance[labels == 0].any()


def test_the_distance_falls_linearly_from_the_middle_of_a_disc() -> None:
    labels = disc_labels((101, 101), [(50, 50, 40)])
    distance = targets.distance(labels)
    for offset in (10, 20, 30):
        assert abs(distance[50, 50 + offset] - (1 - offset / 40)) < 0.02


def test_a_touching_neighbour_is_a_border() -> None:
    labels = np.zeros((40, 44), np.uint16)
    labels[4:36, 4:22], labels[4:36, 22:40] = 1, 2
    distance = targets.distance(labels)
    assert distance[20, 21] < 0.1
    assert distance[20, 22] < 0.1
    assert distance[20, 12] > 0.9


def test_the_border_of_the_image_is_no_border_of_a_particle() -> None:
    labels = np.zeros((30, 40), np.uint16)
    labels[:, :20] = 1
    distance = targets.distance(labels)
    assert distance[:, 0].min() == 1
    assert targets.distance(np.ones((8, 8), np.uint16)).min() == 1


def test_an_empty_scene_has_empty_targets() -> None:
    labels = np.zeros((8, 8), np.uint16)
    assert not targets.contact(labels).any()
    assert not targets.distance(labels).any()
