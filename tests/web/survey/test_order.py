"""Orders: who sees which image when, over many seeds."""

import random
from collections import Counter
from collections.abc import Sequence
from itertools import groupby, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey.order import circular_pattern, longest_run, square

PAPER = [False] * 12 + [True] * 16


def runs(kinds: list[bool]) -> int:
    return max((len(list(group)) for _, group in groupby(kinds)), default=0)


def order_of(
    kinds: Sequence[bool], *, seed: int, number: int, arms: Sequence[str] = ()
) -> list[int]:
    """The images, by index into `kinds` (True: artificial), as session `number` sees them."""
    count = len(kinds)
    if not count:
        return []
    block, row = divmod(number, count)
    groups = tuple(zip(kinds, arms or [""] * count, strict=True))
    return list(square(groups, seed, block)[row])


def test_no_image_gives_no_order() -> None:
    assert order_of([], seed=1, number=0) == []


def test_one_kind_only_is_still_an_order() -> None:
    assert sorted(order_of([True] * 5, seed=1, number=3)) == [0, 1, 2, 3, 4]


def test_the_order_of_a_session_stays_put() -> None:
    assert order_of(PAPER, seed=4, number=7) == order_of(PAPER, seed=4, number=7)
    assert order_of(PAPER, seed=4, number=7) != order_of(PAPER, seed=5, number=7)
    assert order_of(PAPER, seed=4, number=7) != order_of(PAPER, seed=4, number=8)


def test_every_seed_gives_each_image_once_and_no_run_above_three() -> None:
    for seed in range(10_000):
        order = order_of(PAPER[8:20], seed=seed, number=seed % 12)
        assert sorted(order) == list(range(12))
        assert runs([PAPER[8:20][image] for image in order]) <= 3


@settings(max_examples=60, deadline=None)
@given(
    real=st.integers(1, 24),
    artificial=st.integers(1, 24),
    seed=st.integers(0, 2**62),
    block=st.integers(0, 3),
)
def test_in_a_block_of_raters_each_image_stands_at_each_place_once(
    real: int, artificial: int, seed: int, block: int
) -> None:
    kinds = [False] * real + [True] * artificial
    count = len(kinds)
    rows = [order_of(kinds, seed=seed, number=block * count + row) for row in range(count)]
    for row in rows:
        assert sorted(row) == list(range(count))
        assert runs([kinds[image] for image in row]) <= longest_run(real, artificial)
    for place in zip(*rows, strict=True):
        assert sorted(place) == list(range(count))


def test_uneven_counts_get_the_shortest_run_that_is_possible() -> None:
    assert longest_run(12, 16) == 3
    assert longest_run(2, 10) == 5
    assert longest_run(0, 4) == 4
    kinds = [False] * 2 + [True] * 10
    for number in range(12):
        order = order_of(kinds, seed=1, number=number)
        assert runs([kinds[image] for image in order]) <= 5


def test_neighbours_differ_from_rater_to_rater() -> None:
    seen = Counter(
        pair for number in range(28) for pair in pairwise(order_of(PAPER, seed=2, number=number))
    )
    # 28 raters see 756 neighbours; turning one order would show 28 pairs 27 times each.
    assert max(seen.values()) <= 8
    assert len(seen) > 350


def test_no_place_betrays_the_kind_over_many_seeds() -> None:
    orders = [order_of(PAPER, seed=seed, number=0) for seed in range(600)]
    for place in (0, 13, 27):
        artificial = sum(PAPER[order[place]] for order in orders)
        # 16 of 28; four standard errors of a part in 600 draws
        assert artificial / 600 == pytest.approx(16 / 28, abs=4 * 0.0202)


def test_the_pattern_holds_in_the_circle_too() -> None:
    rng = random.Random(1)
    for _ in range(500):
        circle = circular_pattern(12, 16, rng)
        assert Counter(circle) == {False: 12, True: 16}
        assert runs(circle + circle) <= 3
