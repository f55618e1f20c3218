"""What each rater is shown: repeats, attention items, blocks, arms and pairs, over many seeds."""

from __future__ import annotations

from collections import Counter
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from survey.repeats import MAIN, REPEAT
from survey.rows import ATTENTION, PRACTICE, Item, Row, Wanted, rows_of


def set_of(
    real: int, artificial: int, *, arms: str = "", attention: int = 0, practice: int = 0
) -> list[Item]:
    return [
        *(Item(artificial=False) for _ in range(real)),
        *(
            Item(artificial=True, arm=arms[n % len(arms)] if arms else "")
            for n in range(artificial)
        ),
        *(Item(use=ATTENTION, artificial=bool(n % 2)) for n in range(attention)),
        *(Item(use=PRACTICE, artificial=bool(n % 2)) for n in range(practice)),
    ]


def pairs_of(count: int, *, arms: str = "a") -> list[Item]:
    return [
        item
        for n in range(count)
        for item in (
            Item(artificial=False, match=n),
            Item(artificial=True, match=n, arm=arms[n % len(arms)]),
        )
    ]


def longest(kinds: list[bool]) -> int:
    return max((len(list(group)) for _, group in groupby(kinds)), default=0)


def judged(rows: list[Row]) -> list[Row]:
    """The images that are judged: what remains without practice and attention items."""
    return [row for row in rows if row.kind in (MAIN, REPEAT)]


def test_a_study_without_images_has_no_rows() -> None:
    assert rows_of([], Wanted(), seed=1, number=0) == []
    assert rows_of([], Wanted(pairs=True, repeats=3), seed=1, number=4) == []


def test_rows_of_a_rater_stay_put() -> None:
    items = set_of(6, 6, attention=1, practice=2)
    wanted = Wanted(repeats=2)
    assert rows_of(items, wanted, seed=3, number=5) == rows_of(items, wanted, seed=3, number=5)
    assert rows_of(items, wanted, seed=3, number=5) != rows_of(items, wanted, seed=3, number=6)


@pytest.mark.parametrize("repeats", [1, 4, 5])
def test_repeats_are_fair_to_kinds_and_images_within_a_block(repeats: int) -> None:
    items = set_of(12, 16)
    again: Counter[int] = Counter()
    for number in range(28):
        rows = rows_of(items, Wanted(repeats=repeats), seed=5, number=number)
        repeated = [row.shown for row in rows if row.kind == REPEAT]
        artificial = sum(items[image].artificial for image in repeated)
        assert abs(2 * artificial - repeats) == repeats % 2
        again.update(repeated)
    for kind in (False, True):
        of_kind = [again[at] for at, item in enumerate(items) if item.artificial == kind]
        assert max(of_kind) - min(of_kind) <= 1
    artificial = sum(again[at] for at, item in enumerate(items) if item.artificial)
    assert 2 * artificial == 28 * repeats


def test_most_repeats_come_in_the_last_third() -> None:
    late = 0
    for number in range(28):
        rows = rows_of(set_of(12, 16), Wanted(repeats=4), seed=2, number=number)
        late += sum(3 * at >= 2 * 28 for at, row in enumerate(rows) if row.kind == REPEAT)
    assert late >= 0.9 * 28 * 4


def test_attention_items_stand_everywhere_but_at_the_ends() -> None:
    items = set_of(6, 6, attention=2)
    places: Counter[int] = Counter()
    for number in range(1200):
        rows = rows_of(items, Wanted(), seed=8, number=number)
        places.update(at for at, row in enumerate(rows) if row.kind == ATTENTION)
    assert set(places) == {*range(1, 6), *range(7, 13)}  # one half, then the other


def test_arms_are_never_clumped_and_stand_at_each_place_equally_often() -> None:
    items = set_of(6, 12, arms="xyz")
    at_place: Counter[tuple[str, int]] = Counter()
    for number in range(18):
        rows = rows_of(items, Wanted(), seed=11, number=number)
        arms = [items[row.shown].arm for row in rows if items[row.shown].artificial]
        assert max(len(list(group)) for _, group in groupby(arms)) <= 2
        at_place.update((items[row.shown].arm, at) for at, row in enumerate(rows))
    assert {count for (arm, _), count in at_place.items() if arm} == {4}


@settings(max_examples=60, deadline=None)
@given(
    real=st.integers(1, 14),
    artificial=st.integers(1, 14),
    arms=st.sampled_from(["", "xy", "xyz"]),
    size=st.integers(1, 28),
    seed=st.integers(0, 2**53),
)
def test_in_incomplete_blocks_every_image_is_shown_equally_often(
    real: int, artificial: int, arms: str, size: int, seed: int
) -> None:
    items = set_of(real, artificial, arms=arms)
    count = len(items)
    shown: Counter[int] = Counter()
    for number in range(count):
        rows = rows_of(items, Wanted(size=size), seed=seed, number=number)
        of_rater = [row.shown for row in rows]
        assert len(set(of_rater)) == len(of_rater) == min(size, count)
        shown.update(of_rater)
    assert set(shown.values()) == {min(size, count)}


def test_incomplete_blocks_keep_the_proportions_of_kinds_and_arms() -> None:
    items = set_of(12, 16, arms="xy")
    for number in range(56):
        rows = rows_of(items, Wanted(size=14), seed=1, number=number)
        counts = Counter((items[row.shown].artificial, items[row.shown].arm) for row in rows)
        assert counts == {(False, ""): 6, (True, "x"): 4, (True, "y"): 4}
        assert longest([items[row.shown].artificial for row in rows]) <= 3


def test_in_incomplete_blocks_no_image_has_a_place_of_its_own() -> None:
    items = set_of(8, 8)
    places = Counter[tuple[int, int]]()
    for number in range(16 * 20):
        for place, row in enumerate(rows_of(items, Wanted(size=8), seed=4, number=number)):
            places[row.shown, place] += 1
    assert chisquare([places[image, at] for image in range(16) for at in range(8)]).pvalue > 0.05


@settings(max_examples=60, deadline=None)
@given(count=st.integers(1, 14), seed=st.integers(0, 2**53), repeats=st.integers(0, 3))
def test_pairs_have_the_artificial_image_on_each_side_equally_often(
    count: int, seed: int, repeats: int
) -> None:
    items = pairs_of(count, arms="xy")
    left: Counter[int | None] = Counter()
    place_of: Counter[tuple[int, int]] = Counter()
    for number in range(2 * count):
        rows = rows_of(items, Wanted(pairs=True, repeats=repeats), seed=seed, number=number)
        sides = [items[row.shown].artificial for row in judged(rows)]
        for row in rows:
            assert row.other is not None
            one, other = items[row.shown], items[row.other]
            assert one.match == other.match
            assert one.artificial != other.artificial
        main = [row for row in rows if row.kind == MAIN]
        assert len({items[row.shown].match for row in main}) == len(main) == count
        assert abs(2 * sum(items[row.shown].artificial for row in main) - count) <= 1
        if count > 3:
            assert longest(sides) <= 3
        left.update(items[row.shown].match for row in main if items[row.shown].artificial)
        place_of.update((items[row.shown].match or 0, at) for at, row in enumerate(main))
    if count % 2 == 0:
        assert {left[pair] for pair in range(count)} == {count}
    assert set(place_of.values()) == {2}


def test_images_without_a_partner_are_in_no_pair() -> None:
    items = [*pairs_of(3), Item(artificial=True, match=9), Item(artificial=False)]
    rows = rows_of(items, Wanted(pairs=True), seed=1, number=0)
    assert len(rows) == 3


@pytest.mark.parametrize("pairs", [False, True], ids=["images", "pairs"])
def test_threat_11_practice_and_the_images_after_it_make_no_longer_run(pairs: bool) -> None:
    items = set_of(6, 6, practice=4)
    if pairs:
        practice = [
            Item(use=PRACTICE, artificial=artificial, match=100 + n)
            for n in range(3)
            for artificial in (False, True)
        ]
        items = [*pairs_of(8), *practice]
    sides = set()
    for seed in range(400):
        rows = rows_of(items, Wanted(pairs=pairs), seed=seed, number=seed % 5)
        kinds = [items[row.shown].artificial for row in rows]
        assert longest(kinds) <= 3
        assert [row.kind for row in rows[:4]] == [PRACTICE] * (3 if pairs else 4) + [MAIN] * pairs
        sides.add(kinds[0])
    assert sides == {False, True}, "and no rule tells what comes first"


def test_practice_of_one_kind_comes_as_it_can() -> None:
    items = [*set_of(4, 4), *[Item(use=PRACTICE, artificial=True)] * 4]
    rows = rows_of(items, Wanted(), seed=1, number=0)
    assert [row.kind for row in rows].count(PRACTICE) == 4
    assert len(rows) == 12
