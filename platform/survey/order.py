"""In which order each rater sees the images: a Latin square whose rows are well mixed.

With n images, n raters make a block. Within a block each image stands at each place exactly once,
so tiredness and learning fall on all images alike; and no rater sees more than `LONGEST_RUN` of a
kind in a row. How: one circular pattern of kinds, turned by another angle for each row, says where
real images go, and where those of each arm. The cells of a group then hold equally many in every
row and column, so they can be taken apart into perfect matchings (König 1916), each of which places
one image; matchings are drawn at random, so neighbours differ from row to row.
"""

from __future__ import annotations

import random
from collections.abc import Hashable, Sequence
from functools import lru_cache
from typing import TypeVar

LONGEST_RUN = 3
# Images of a group that change places among each other: more would take long for large sets.
MIXED = 24

# What an image is to an order: whether it is artificial, and of which arm.
Group = tuple[bool, str]

T = TypeVar("T", bound=Hashable)


def longest_run(real: int, artificial: int) -> int:
    """The longest run that has to be allowed; more than three only for very uneven counts."""
    many, few = max(real, artificial), min(real, artificial)
    return many if not few else max(LONGEST_RUN, -(-many // few))


@lru_cache(maxsize=16)
def square(groups: tuple[Group, ...], seed: int, block: int) -> tuple[tuple[int, ...], ...]:
    """The orders of one block, a row for each session."""
    rng = random.Random(f"{seed}/{block}")  # noqa: S311 - an order, not a secret
    count = len(groups)
    pattern = pattern_of(groups, rng)
    turns = rng.sample(range(count), count)
    rows = [[-1] * count for _ in range(count)]
    for group in sorted(set(groups)):
        images = [index for index, one in enumerate(groups) if one == group]
        slots = [slot for slot, one in enumerate(pattern) if one == group]
        rng.shuffle(images)
        rng.shuffle(slots)
        for part in range(parts := -(-len(slots) // MIXED)):
            of_part = set(slots[part::parts])
            # (row, place) cells that take an image of this part of the group
            cells = [{(slot - turn) % count for slot in of_part} for turn in turns]
            for image in images[part::parts]:
                for row, place in enumerate(_matching(cells, rng)):
                    rows[row][place] = image
                    cells[row].discard(place)
    return tuple(map(tuple, rows))


def pattern_of(groups: Sequence[Group], rng: random.Random) -> list[Group]:
    """A circle of groups: no long run of a kind, and within a kind the arms take turns."""
    kinds = [kind for kind, _ in groups]
    circle = circular_pattern(kinds.count(False), kinds.count(True), rng)
    arms = {
        kind: iter(spread([arm for one, arm in groups if one == kind], rng))
        for kind in (False, True)
    }
    return [(kind, next(arms[kind])) for kind in circle]


def spread(things: Sequence[T], rng: random.Random) -> list[T]:
    """The same things, those that are equal spread evenly and not by a rule one could learn."""
    counts = {thing: list(things).count(thing) for thing in dict.fromkeys(things)}
    placed = [
        # One in each of `count` equal parts of the circle, anywhere in its part.
        ((part + rng.random()) / count, thing)
        for thing, count in counts.items()
        for part in range(count)
    ]
    return [thing for _, thing in sorted(placed, key=lambda one: one[0])]


def circular_pattern(real: int, artificial: int, rng: random.Random) -> list[bool]:
    """Kinds in a circle, with as many changes as chance would make, and no run too long."""
    if not real or not artificial:
        return [bool(artificial)] * (real + artificial)
    limit = longest_run(real, artificial)
    shuffled = [False] * real + [True] * artificial
    rng.shuffle(shuffled)
    runs = sum(a != b for a, b in zip(shuffled, shuffled[1:] + shuffled[:1], strict=True)) // 2
    runs = min(max(runs, -(-max(real, artificial) // limit)), real, artificial)
    circle: list[bool] = []
    for reals, artificials in zip(
        _parts(real, runs, limit, rng), _parts(artificial, runs, limit, rng), strict=True
    ):
        circle += [False] * reals + [True] * artificials
    turn = rng.randrange(len(circle))
    return circle[turn:] + circle[:turn]


def _parts(total: int, count: int, limit: int, rng: random.Random) -> list[int]:
    """`total` in `count` parts of 1 to `limit`, at random."""
    parts = [1] * count
    room = [part for part in range(count) for _ in range(limit - 1)]
    for part in rng.sample(room, total - count):
        parts[part] += 1
    return parts


def _matching(cells: list[set[int]], rng: random.Random) -> list[int]:
    """One place for each row, all different: random first choices, then augmenting paths."""
    row_of: dict[int, int] = {}
    place_of: dict[int, int] = {}
    choices = [rng.sample(sorted(places), len(places)) for places in cells]
    for row in rng.sample(range(len(cells)), len(cells)):
        _augment(row, choices, row_of, place_of)
    return [place_of[row] for row in range(len(cells))]


def _augment(
    start: int, choices: list[list[int]], row_of: dict[int, int], place_of: dict[int, int]
) -> None:
    """Give row `start` a place, moving other rows where that is needed (breadth first)."""
    came_from: dict[int, int] = {}  # place -> row that wants it
    waiting = [start]
    for row in waiting:
        for place in choices[row]:
            if place in came_from:
                continue
            came_from[place] = row
            if place in row_of:
                waiting.append(row_of[place])
                continue
            free: int | None = place
            while free is not None:  # move everybody along the way one place on
                row = came_from[free]
                row_of[free], place_of[row], free = row, free, place_of.get(row)
            return
    raise AssertionError("a regular bipartite graph has a perfect matching")
