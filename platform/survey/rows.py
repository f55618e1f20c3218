"""All that one rater is shown, in order: practice, the images or pairs, repeats, attention items.

It is a function of the study's images and seed and of the rater's number alone, so that an order
can be checked by whoever has the published document. Nothing here knows a database.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from survey.order import LONGEST_RUN, Group
from survey.repeats import MAIN, block_of

PRACTICE, ATTENTION = "practice", "attention"
_ORDERS_TRIED = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A stimulus, as far as the order depends on it; `match` is of a content-matched pair."""

    use: str = MAIN
    artificial: bool
    arm: str = ""
    match: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    pairs: bool = False
    size: int | None = None  # images or pairs for each rater; None: all
    repeats: int = 0


# What is shown at once, by index into the items: an image, or a pair as (artificial, real).
Unit = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One presentation: indices into the items; `other` is the right one of a pair."""

    kind: str
    shown: int
    other: int | None = None


def rows_of(items: Sequence[Item], wanted: Wanted, *, seed: int, number: int) -> list[Row]:
    """What session `number` is shown, from first to last."""
    rng = random.Random(f"{seed}/rows/{number}")  # noqa: S311 - an order, not a secret
    units = _units(items, MAIN, pairs=wanted.pairs)
    practice = _units(items, PRACTICE, pairs=wanted.pairs)
    attention = [Row(ATTENTION, at) for at, item in enumerate(items) if item.use == ATTENTION]
    rng.shuffle(practice)
    rng.shuffle(attention)
    first = rng.randrange(2)
    main = _main(items, units, wanted, seed, number)
    chance = random.Random(f"{seed}/practice/{number}")  # noqa: S311 - an order, not a secret
    return [
        *_practised(items, practice, first, main, chance),
        *_with_attention(main, attention, rng),
    ]


def _practised(
    items: Sequence[Item], units: list[Unit], first: int, main: Sequence[Row], chance: random.Random
) -> list[Row]:
    """Practice in an order that makes no run longer than those that the study itself may have.

    Where it has images of one kind only, the best of some orders.
    """

    def longest(rows: Sequence[Row]) -> int:
        kinds = [items[row.shown].artificial for row in rows]
        return max((sum(1 for _ in same) for _, same in groupby(kinds)), default=0)

    limit = max(LONGEST_RUN, longest(main))
    found: list[tuple[int, list[Row]]] = []
    for _ in range(_ORDERS_TRIED):
        rows = [
            _row(PRACTICE, unit, turned=bool(place % 2)) for place, unit in enumerate(units, first)
        ]
        found.append((longest([*rows, *main]), rows))
        if found[-1][0] <= limit:
            return rows
        chance.shuffle(units)
        first = chance.randrange(2)
    return min(found, key=lambda one: one[0])[1]


def _units(items: Sequence[Item], use: str, *, pairs: bool) -> list[Unit]:
    of_use = [at for at, item in enumerate(items) if item.use == use]
    if not pairs:
        return [(at,) for at in of_use]
    real = {items[at].match: at for at in of_use if not items[at].artificial}
    real.pop(None, None)
    return [
        (at, real[items[at].match])
        for at in of_use
        if items[at].artificial and items[at].match in real
    ]


def _main(
    items: Sequence[Item], units: list[Unit], wanted: Wanted, seed: int, number: int
) -> list[Row]:
    if not units:
        return []
    count = len(units)
    block, row = divmod(number, count)
    # The run limit is on kinds; of pairs on sides. Half of the pairs have the artificial image on
    # the left for one rater of a block, and the other half for the next.
    halves = _halves(count, seed, block) if wanted.pairs else None
    kinds = halves or [items[unit[0]].artificial for unit in units]
    groups: tuple[Group, ...] = tuple(
        (kind, items[unit[0]].arm) for kind, unit in zip(kinds, units, strict=True)
    )
    size = min(wanted.size or count, count)
    turn = [half == bool(row % 2) for half in halves] if halves else [False] * count
    return [
        _row(kind, units[at], turned=turn[at])
        for kind, at in block_of(groups, size, wanted.repeats, seed, block)[row]
    ]


def _halves(count: int, seed: int, block: int) -> list[bool]:
    rng = random.Random(f"{seed}/halves/{block}")  # noqa: S311 - a side, not a secret
    halves = [2 * place < count for place in range(count)]
    rng.shuffle(halves)
    return halves


def _row(kind: str, unit: Unit, *, turned: bool) -> Row:
    left, *right = reversed(unit) if turned else unit
    return Row(kind, left, right[0] if right else None)


def _with_attention(rows: list[Row], attention: list[Row], rng: random.Random) -> list[Row]:
    """One attention item in each of so many equal parts, at no end and never two together."""
    if len(rows) < 2:
        return rows
    gaps = range(1, len(rows))  # before which row
    parts = [
        gaps[len(gaps) * part // len(attention) : len(gaps) * (part + 1) // len(attention)]
        for part in range(len(attention))
    ]
    mixed = list(rows)
    for part, item in reversed(list(zip(parts, attention, strict=True))):
        mixed.insert(rng.choice(part or gaps), item)
    return mixed
