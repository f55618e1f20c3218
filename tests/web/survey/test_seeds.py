"""Threat 11 over 10,000 studies, each with a seed of its own and a whole block of raters.

A block has as many raters as the study has images (of pairs twice as many), so that balance is a
matter of counting, not of chance.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import chisquare

from survey.repeats import APART, MAIN, REPEAT
from survey.rows import ATTENTION, PRACTICE, Item, Row, Wanted, rows_of
from survey.statistics.arrays import Ints
from tests.web.survey.test_rows import judged, pairs_of, set_of

LONGEST = 3  # of a kind in a row
LONGEST_OF_AN_ARM = 2  # among the artificial images, where arms are equally large

Study = list[list[Row]]  # what each rater is shown


@dataclass(frozen=True, slots=True)
class Design:
    """So many studies of one kind, with seeds that no other design has."""

    items: list[Item]
    wanted: Wanted
    seeds: range
    checks: tuple[Callable[[Design, Study], None], ...]

    @property
    def images(self) -> int:
        return sum(item.use == MAIN for item in self.items)

    def study(self, seed: int) -> Study:
        return [
            rows_of(self.items, self.wanted, seed=seed, number=number)
            for number in range(self.images)
        ]


def longest_runs(values: Ints) -> Ints:
    """The longest run of equal values in each row. values : (rows, places); result : (rows,)."""
    runs = np.ones(values.shape, dtype=int)
    for place in range(1, values.shape[1]):
        same = values[:, place] == values[:, place - 1]
        runs[:, place] = np.where(same, runs[:, place - 1] + 1, 1)
    longest: Ints = runs.max(axis=1)
    return longest


def mains_of(study: Study) -> Ints:
    """The images of each rater in their order, without repeats. Result : (raters, images)."""
    return np.array([[row.shown for row in own if row.kind == MAIN] for own in study])


def short_runs(design: Design, study: Study) -> None:
    """Of all that is judged, repeats included; of pairs it is the side that matters."""
    kinds = [[design.items[row.shown].artificial for row in judged(own)] for own in study]
    assert longest_runs(np.array(kinds)).max() <= LONGEST


def latin(design: Design, study: Study) -> None:
    mains, images = mains_of(study), np.arange(design.images)
    assert (np.sort(mains, axis=1) == images).all(), "each rater sees each image once"
    assert (np.sort(mains, axis=0) == images[:, None]).all(), "each place has each image once"


def arms_in_turn(design: Design, study: Study) -> None:
    arms = np.array([ord(item.arm) if item.arm else 0 for item in design.items])
    shown = arms[mains_of(study)]
    artificial = np.array([row[row > 0] for row in shown])  # equally many for each rater
    assert longest_runs(artificial).max() <= LONGEST_OF_AN_ARM


def repeats_far_apart(design: Design, study: Study) -> None:
    for own in study:
        shown = judged(own)
        first = {row.shown: at for at, row in enumerate(shown) if row.kind == MAIN}
        again = {row.shown: at for at, row in enumerate(shown) if row.kind == REPEAT}
        assert len(again) == design.wanted.repeats
        apart = min(APART, design.images // 2)
        assert all(at - first[image] >= apart for image, at in again.items())


def attention_apart(design: Design, study: Study) -> None:
    asked = sum(item.use == ATTENTION for item in design.items)
    for own in study:
        kinds = [row.kind for row in own if row.kind != PRACTICE]
        at = [place for place, kind in enumerate(kinds) if kind == ATTENTION]
        assert len(at) == asked
        assert at[0] > 0
        assert at[-1] < len(kinds) - 1
        assert all(after - before > 1 for before, after in pairwise(at))


def equally_often(design: Design, study: Study) -> None:
    mains = mains_of(study)
    assert (np.bincount(mains.ravel(), minlength=design.images) == mains.shape[1]).all()


def sides_in_balance(design: Design, study: Study) -> None:
    """Each pair has its artificial image on the left for one half of the raters."""
    left = np.zeros(design.images // 2, dtype=int)
    for own in study:
        for row in own:
            item = design.items[row.shown]
            if row.kind == MAIN and item.artificial and item.match is not None:
                left[item.match] += 1
    assert (left == len(study) // 2).all()


DESIGNS = {
    "16 and 12": Design(set_of(12, 16), Wanted(), range(600), (short_runs, latin)),
    "16 of two arms and 12, all that can be asked": Design(
        set_of(12, 16, arms="xy", attention=2, practice=2),
        Wanted(repeats=3),
        range(600, 1_300),
        (short_runs, latin, arms_in_turn, repeats_far_apart, attention_apart),
    ),
    "8 of two arms and 8": Design(
        set_of(8, 8, arms="xy", attention=2),
        Wanted(repeats=2),
        range(1_300, 3_300),
        (short_runs, latin, arms_in_turn, repeats_far_apart, attention_apart),
    ),
    "6 of three arms and 6": Design(
        set_of(6, 6, arms="xyz", attention=1),
        Wanted(),
        range(3_300, 6_000),
        (short_runs, latin, arms_in_turn, attention_apart),
    ),
    "5 and 3": Design(
        set_of(3, 5),
        Wanted(repeats=1),
        range(6_000, 7_500),
        (short_runs, latin, repeats_far_apart),
    ),
    "8 each of 8 of two arms and 8": Design(
        set_of(8, 8, arms="xy"),
        Wanted(size=8),
        range(7_500, 9_000),
        (short_runs, equally_often, arms_in_turn),
    ),
    "6 pairs of two arms": Design(
        pairs_of(6, arms="xy"),
        Wanted(pairs=True, repeats=1),
        range(9_000, 10_000),
        (short_runs, sides_in_balance),
    ),
}


@pytest.mark.parametrize("name", DESIGNS)
def test_threat_11_orders_are_balanced_spread_and_without_runs_for_each_seed(name: str) -> None:
    design = DESIGNS[name]
    orders = set()
    for seed in design.seeds:
        study = design.study(seed)
        for check in design.checks:
            check(design, study)
        orders.add(tuple(row.shown for row in study[0]))
    assert len(orders) > 0.9 * min(len(design.seeds), 500), "a seed has an order of its own"


def test_threat_11_that_makes_ten_thousand_seeds() -> None:
    seeds = [seed for design in DESIGNS.values() for seed in design.seeds]
    assert sorted(seeds) == list(range(10_000))


def test_threat_11_in_parts_no_image_has_a_place_of_its_own() -> None:
    design = DESIGNS["8 each of 8 of two arms and 8"]
    at_place = np.zeros((design.images, 8), dtype=int)
    for seed in design.seeds[:500]:
        np.add.at(at_place, (mains_of(design.study(seed)), np.arange(8)), 1)
    assert chisquare(at_place.ravel()).pvalue > 0.001


@pytest.mark.parametrize(
    ("check", "rows"),
    [
        (short_runs, [0, 1, 2, 3, 4, 5, 6, 7]),  # real ones are 0 to 3
        (latin, [0, 4, 1, 5, 2, 6, 3, 7]),
        (arms_in_turn, [0, 4, 1, 4, 2, 4, 3, 5]),
        (equally_often, [0, 4, 1, 5, 2, 6, 3, 3]),
    ],
)
def test_each_check_notices_an_order_that_is_wrong(
    check: Callable[[Design, Study], None], rows: list[int]
) -> None:
    design = Design(set_of(4, 4, arms="xy"), Wanted(), range(1), ())
    wrong = [[Row(MAIN, at) for at in rows]] * design.images
    check(design, design.study(0))
    with pytest.raises(AssertionError):
        check(design, wrong)


def test_runs_are_counted_as_a_reader_would() -> None:
    values = np.array([[0, 0, 1, 1, 1, 0], [1, 0, 1, 0, 1, 0], [1, 1, 1, 1, 1, 1]])
    assert longest_runs(values).tolist() == [3, 1, 6]
