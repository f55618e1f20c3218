"""Images that are shown a second time, for test and retest: far from the first, late, and fair.

Within a block of raters equally many of both kinds are repeated, and each image about as often.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby, takewhile

from survey.blocks import incomplete
from survey.order import Group, longest_run, square

MAIN, REPEAT = "main", "repeat"
APART = 8  # an image comes again so many places later, or more, where there are enough of them

Shown = tuple[str, int]  # MAIN or REPEAT, and the image by its index into the groups


@lru_cache(maxsize=16)
def block_of(
    groups: tuple[Group, ...], size: int, repeats: int, seed: int, block: int
) -> tuple[tuple[Shown, ...], ...]:
    """The orders of one block of raters, each of `size` images and its repeats."""
    complete = size == len(groups)
    orders = square(groups, seed, block) if complete else incomplete(groups, size, seed, block)
    rng = random.Random(f"{seed}/repeats/{block}")  # noqa: S311 - an order, not a secret
    again = [0] * len(groups)  # how often each image was repeated in this block
    made = []
    for number, order in enumerate(orders):
        row = [(MAIN, at) for at in order]
        for _ in range(min(repeats, len(order))):
            row = _with_repeat(row, groups, again, rng, odd=bool(number % 2))
        made.append(tuple(row))
    return tuple(made)


def _with_repeat(
    row: list[Shown],
    groups: tuple[Group, ...],
    again: list[int],
    rng: random.Random,
    *,
    odd: bool,
) -> list[Shown]:
    """The row with one more repeat: of the kind and the image that was repeated least."""
    repeated = {at for kind, at in row if kind == REPEAT}
    others = [at for kind, at in row if kind == MAIN and at not in repeated]
    rng.shuffle(others)
    # The odd one out is real for one rater and artificial for the next.
    lean = sum(1 if groups[at][0] else -1 for at in repeated)
    kind = odd if not lean else lean < 0
    others.sort(key=lambda at: (groups[at][0] != kind, again[at]))
    for apart in (min(APART, (len(row) - len(repeated)) // 2), 2):
        for at in others:
            gaps = _gaps(row, groups, at, apart)
            if gaps:
                late = [gap for gap in gaps if 3 * gap >= 2 * len(row)]
                gap = rng.choice(late or gaps)
                again[at] += 1
                return [*row[:gap], (REPEAT, at), *row[gap:]]
    return row  # too few images to show one again


def _gaps(row: list[Shown], groups: tuple[Group, ...], at: int, apart: int) -> list[int]:
    """Where an image can come again: late enough, and without a run of its kind too long."""
    kind, kinds = groups[at][0], [groups[one][0] for _, one in row]
    real = sum(shown == MAIN and not groups[one][0] for shown, one in row)
    mains = sum(shown == MAIN for shown, _ in row)
    limit = max(longest_run(real, mains - real), _longest(kinds))
    first = row.index((MAIN, at)) + max(apart, 1)
    return [
        gap
        for gap in range(first, len(row) + 1)
        if _run(reversed(kinds[:gap]), kind) + 1 + _run(kinds[gap:], kind) <= limit
    ]


def _run(kinds: Iterable[bool], kind: bool) -> int:
    """How many of a kind come first."""
    return sum(1 for _ in takewhile(lambda one: one == kind, kinds))


def _longest(kinds: Iterable[bool]) -> int:
    return max((sum(1 for _ in group) for _, group in groupby(kinds)), default=0)
