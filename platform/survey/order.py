"""In which order each rater sees the images: a Latin square whose rows are well mixed.

With n images, n raters make a block. Within a block each image stands at each place exactly once,
so tiredness and learning fall on all images alike; and no rater sees more than `LONGEST_RUN` of a
kind in a row. How: one circular pattern of kinds, turned by another angle for each row, says where
real images go. The cells of a kind then hold equally many in every row and column, so they can be
taken apart into perfect matchings (König 1916), each of which places one image; matchings are drawn
at random, so neighbours differ from row to row.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import lru_cache

LONGEST_RUN = 3


def order_of(kinds: Sequence[bool], *, seed: int, number: int) -> list[int]:
    """The images, by index into `kinds` (True: artificial), as session `number` sees them."""
    count = len(kinds)
    if not count:
        return []
    block, row = divmod(number, count)
    return list(_square(tuple(kinds), seed, block)[row])


def longest_run(real: int, artificial: int) -> int:
    """The longest run that has to be allowed; more than three only for very uneven counts."""
    many, few = max(real, artificial), min(real, artificial)
    return many if not few else max(LONGEST_RUN, -(-many // few))


@lru_cache(maxsize=16)
def _square(kinds: tuple[bool, ...], seed: int, block: int) -> tuple[tuple[int, ...], ...]:
    rng = random.Random(f"{seed}/{block}")  # noqa: S311 - an order, not a secret
    count = len(kinds)
    pattern = circular_pattern(kinds.count(False), kinds.count(True), rng)
    turns = rng.sample(range(count), count)
    square = [[-1] * count for _ in range(count)]
    for kind in (False, True):
        # (row, place) cells that take an image of this kind
        cells = [
            {place for place in range(count) if pattern[(place + turn) % count] == kind}
            for turn in turns
        ]
        images = [index for index, is_artificial in enumerate(kinds) if is_artificial == kind]
        rng.shuffle(images)
        for image in images:
            for row, place in enumerate(_matching(cells, rng)):
                square[row][place] = image
                cells[row].discard(place)
    return tuple(map(tuple, square))


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
    choices = [rng.sample(sorted(places), len(places)) for places in cells]
    for row in rng.sample(range(len(cells)), len(cells)):
        _augment(row, choices, row_of)
    places = [0] * len(cells)
    for place, row in row_of.items():
        places[row] = place
    return places


def _augment(start: int, choices: list[list[int]], row_of: dict[int, int]) -> None:
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
            while True:  # free: move everybody along the way one place on
                row = came_from[place]
                previous = next((p for p, r in row_of.items() if r == row), None)
                row_of[place] = row
                if row == start or previous is None:
                    return
                place = previous
    raise AssertionError("a regular bipartite graph has a perfect matching")
