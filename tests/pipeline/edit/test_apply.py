"""Edits on shapes whose areas are known: exact where they can be, refused where impossible."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.contracts import Delete, Edit, Erase, Merge, Paint, Renumber, Split
from pipeline.edit import EditRefused, apply_edits
from tests.pipeline.edit.drawn import area, discs

TOUCHING = discs((100, 140), (50, 40, 20), (50, 81, 20.5), (15, 125, 6))
ALONE = discs((100, 100), (50, 50, 30))


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (Delete(labels=(9,)), "Edit 1: there is no particle 9 any more"),
        (Delete(labels=()), "names no particle"),
        (Merge(labels=(1,)), "fewer than two"),
        (Merge(labels=(1, 1)), "fewer than two"),
        (Merge(labels=(1, 3)), "particles 1 and 3 do not touch; paint a bridge"),
        (Merge(labels=(1, 8)), "no particle 8"),
        (Split(label=1, line=((10, 70), (90, 70))), "does not cut particle 1 in two"),
        (Split(label=1, line=((50, 40), (50, 90))), "does not cut particle 1 in two"),
        (Split(label=1, line=((50, 40),)), "line of one point"),
        (Split(label=7, line=((0, 0), (9, 9))), "no particle 7"),
        (Paint(points=((500, 500),), radius_px=3), "paints no pixel"),
        (Paint(points=((50, 40),), radius_px=3), "paints no pixel"),
        (Paint(label=6, points=((2, 2),), radius_px=3), "no particle 6"),
        (Paint(points=((2, 2), (5, 5)), shape="polygon"), "fewer than three corners"),
        (Erase(points=((2, 2),), radius_px=1), "erases no pixel"),
        (Erase(label=1, points=((50, 81),), radius_px=5), "erases no pixel"),
    ],
)
def test_an_impossible_edit_is_refused_in_a_sentence_and_changes_nothing(
    edit: Edit, said: str
) -> None:
    labels = TOUCHING.copy()
    with pytest.raises(EditRefused, match=said):
        apply_edits(labels, [edit])
    assert np.array_equal(labels, TOUCHING)


def test_the_refusal_says_which_edit_of_the_list_it_was() -> None:
    with pytest.raises(EditRefused, match="Edit 2: there is no particle 3") as refused:
        apply_edits(TOUCHING, [Delete(labels=(3,)), Delete(labels=(3,))])
    assert refused.value.position == 1


def test_deleting_makes_ground_and_leaves_the_others() -> None:
    after = apply_edits(TOUCHING, [Delete(labels=(1, 3))])
    assert sorted(np.unique(after)) == [0, 2]
    assert area(after, 2) == area(TOUCHING, 2)


def test_merging_two_discs_gives_the_sum_of_their_areas() -> None:
    after = apply_edits(TOUCHING, [Merge(labels=(2, 1))])
    assert area(after, 1) == area(TOUCHING, 1) + area(TOUCHING, 2)
    assert area(after, 2) == 0


def test_merging_closes_a_line_of_one_pixel_between_two_particles() -> None:
    labels = np.zeros((20, 21), np.int32)
    labels[5:15, 2:10], labels[5:15, 11:19] = 1, 2
    after = apply_edits(labels, [Merge(labels=(1, 2))])
    assert (after[5:15, 2:19] == 1).all()
    wide = labels.copy()
    wide[:, 9] = 0
    with pytest.raises(EditRefused, match="do not touch"):
        apply_edits(wide, [Merge(labels=(1, 2))])


def test_merging_a_chain_needs_no_contact_of_its_ends() -> None:
    labels = np.zeros((10, 30), np.int32)
    for label in range(3):
        labels[2:8, 2 + 8 * label : 10 + 8 * label] = label + 1
    assert area(apply_edits(labels, [Merge(labels=(1, 3, 2))]), 1) == 6 * 24


@pytest.mark.parametrize("degrees", range(0, 180, 9))
@pytest.mark.parametrize("off", [(0.0, 0.0), (0.3, -0.4)])
def test_a_line_through_a_disc_s_centre_gives_halves_within_one_per_cent(
    degrees: int, off: tuple[float, float]
) -> None:
    # A row of pixels cannot be shared: of a disc of 160 px it is 0.8 % of a half.
    labels = discs((180, 180), (90 + off[0], 90 + off[1], 80))
    down, right = (86 * f(math.radians(degrees)) for f in (math.sin, math.cos))
    row, column = 90 + off[0], 90 + off[1]
    cut = Split(label=1, line=((row - down, column - right), (row + down, column + right)))
    after = apply_edits(labels, [cut])
    halves = [area(after, 1), area(after, 2)]
    assert sum(halves) == area(labels, 1), "a cut loses no pixel"
    assert halves == pytest.approx([sum(halves) / 2] * 2, rel=0.01)


def test_a_bent_line_cuts_and_a_line_across_twice_gives_three_parts() -> None:
    bent = Split(label=1, line=((10, 50), (50, 60), (90, 40)))
    assert np.count_nonzero(np.bincount(apply_edits(ALONE, [bent]).ravel())) == 3
    twice = Split(label=1, line=((10, 40), (95, 40), (95, 60), (10, 60)))
    after = apply_edits(ALONE, [twice])
    assert sorted(np.unique(after)) == [0, 1, 2, 3]
    assert area(after, 1) > max(area(after, 2), area(after, 3)), "the largest keeps the number"


@given(
    points=st.lists(
        st.tuples(st.floats(32, 68, width=32), st.floats(32, 68, width=32)), min_size=2, max_size=8
    )
)
@settings(max_examples=60, deadline=None)
def test_a_cut_parts_what_lies_on_both_sides_and_loses_nothing(
    points: list[tuple[float, float]],
) -> None:
    edge = [(0.0, 50.0), *points, (100.0, 50.0)]
    after = apply_edits(ALONE, [Split(label=1, line=tuple(edge))])
    assert np.count_nonzero(after) == area(ALONE, 1)
    assert after.max() >= 2


def test_painting_takes_ground_only_unless_allowed() -> None:
    stroke = {"points": ((50.0, 70.0), (50.0, 130.0)), "radius_px": 4.0}
    kind: type[Paint] = Paint
    after = apply_edits(TOUCHING, [kind(**stroke)])  # type: ignore[arg-type]
    assert area(after, 2) == area(TOUCHING, 2)
    assert area(after, 4) > 0
    over = apply_edits(TOUCHING, [kind(**stroke, over=True)])  # type: ignore[arg-type]
    assert area(over, 4) > area(after, 4)
    assert area(over, 2) < area(TOUCHING, 2)


def test_a_brush_s_stroke_has_the_area_of_a_capsule() -> None:
    stroke = Paint(points=((60, 40), (60, 160)), radius_px=25)
    drawn = area(apply_edits(np.zeros((120, 200), np.int32), [stroke]), 1)
    assert drawn == pytest.approx(math.pi * 25**2 + 120 * 50, rel=0.02)


def test_a_polygon_has_its_own_area_and_a_click_covers_a_pixel() -> None:
    empty = np.zeros((100, 100), np.int32)
    square = Paint(shape="polygon", points=((9.5, 9.5), (9.5, 59.5), (39.5, 59.5), (39.5, 9.5)))
    assert area(apply_edits(empty, [square]), 1) == 30 * 50
    click = Paint(points=((10.4, 10.4),), radius_px=0)
    assert area(apply_edits(empty, [click]), 1) >= 1


def test_erasing_one_particle_spares_its_neighbour() -> None:
    wipe = Erase(label=1, points=((50, 60),), radius_px=8)
    after = apply_edits(TOUCHING, [wipe])
    assert area(after, 1) < area(TOUCHING, 1)
    assert area(after, 2) == area(TOUCHING, 2)


def test_new_numbers_are_never_used_twice_and_renumbering_closes_the_gaps() -> None:
    edits: list[Edit] = [
        Paint(points=((90, 10),), radius_px=3),  # 4
        Delete(labels=(4,)),
        Paint(points=((90, 10),), radius_px=3),  # 5
    ]
    assert sorted(np.unique(apply_edits(TOUCHING, edits))) == [0, 1, 2, 3, 5]
    after = apply_edits(TOUCHING, [*edits, Delete(labels=(2,)), Renumber()])
    assert sorted(np.unique(after)) == [0, 1, 2, 3]


def test_a_particle_that_others_have_painted_away_is_not_there_any_more() -> None:
    over = Paint(points=((15, 125),), radius_px=12, over=True)
    with pytest.raises(EditRefused, match="Edit 2: there is no particle 3"):
        apply_edits(TOUCHING, [over, Delete(labels=(3,))])


def test_the_same_edits_give_the_same_labels() -> None:
    edits: list[Edit] = [
        Split(label=1, line=((50, 10), (50.5, 70))),
        Merge(labels=(1, 2)),
        Erase(points=((50, 81), (40, 90)), radius_px=2.6),
    ]
    first, second = (apply_edits(TOUCHING, edits) for _ in range(2))
    assert np.array_equal(first, second)


def test_ids_stay_below_what_the_file_can_hold() -> None:
    labels = ALONE * 65535
    with pytest.raises(EditRefused, match="renumber first"):
        apply_edits(labels, [Split(label=65535, line=((0, 50), (99, 50)))])
    after = apply_edits(labels, [Renumber(), Split(label=1, line=((0, 50), (99, 50)))])
    assert [*itertools.chain(np.unique(after))] == [0, 1, 2]
