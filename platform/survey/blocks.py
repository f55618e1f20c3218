"""Which images each rater sees, where nobody sees all: incomplete blocks by a cyclic design.

With n images and k for each rater, n raters make a block in which each image is shown k times.
Imagine the images dealt as from packs, pack after pack, each pack holding every image once and the
groups (real ones, those of each arm) taking turns in it; each rater takes the next k. Where k holds
all groups in their proportions every rater gets just these; else at most a few more or less. Each
pack is shuffled anew, so that images do not always keep the same company.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from math import gcd

from survey.order import Group, pattern_of, spread


@lru_cache(maxsize=16)
def incomplete(
    groups: tuple[Group, ...], size: int, seed: int, block: int
) -> tuple[tuple[int, ...], ...]:
    """The orders of one block of raters, each of `size` images, by index into `groups`."""
    rng = random.Random(f"{seed}/{block}/{size}")  # noqa: S311 - an order, not a secret
    shown: Counter[tuple[int, int]] = Counter()  # (image, place): how often
    return tuple(_ordered(hand, groups, shown, rng) for hand in _hands(groups, size, rng))


def _hands(groups: tuple[Group, ...], size: int, rng: random.Random) -> list[list[int]]:
    """Who gets what: `len(groups)` hands out of `size` packs."""
    pack = _pack(groups, rng)
    waiting: dict[Group, list[int]] = {group: [] for group in set(groups)}
    hands = []
    at = 0
    for _ in groups:
        hand: list[int] = []
        for group in (pack[(at + step) % len(pack)] for step in range(size)):
            if not waiting[group]:
                waiting[group] = _shuffled(groups, group, hand, rng)
            hand.append(waiting[group].pop())
        hands.append(hand)
        at += size
    rng.shuffle(hands)  # who comes next tells nothing of what the one before had
    return hands


def _pack(groups: tuple[Group, ...], rng: random.Random) -> list[Group]:
    """One pack as groups in turn, made of as many equal parts as it can be."""
    counts = Counter(groups)
    parts = gcd(*counts.values())
    part = [group for group, count in sorted(counts.items()) for _ in range(count // parts)]
    return spread(part, rng) * parts


def _shuffled(
    groups: tuple[Group, ...], group: Group, hand: list[int], rng: random.Random
) -> list[int]:
    """A group's images of the next pack; those that the rater holds come last of all."""
    fresh = [image for image, one in enumerate(groups) if one == group and image not in hand]
    held = [image for image in hand if groups[image] == group]
    rng.shuffle(fresh)
    rng.shuffle(held)
    return held + fresh  # taken from the end


def _ordered(
    hand: list[int],
    groups: tuple[Group, ...],
    shown: Counter[tuple[int, int]],
    rng: random.Random,
) -> tuple[int, ...]:
    """Put a hand in order: each image where it was shown least, in a pattern without long runs."""
    pattern = pattern_of([groups[image] for image in hand], rng)
    row = [-1] * len(hand)
    for group in sorted(set(pattern)):
        places = [place for place, one in enumerate(pattern) if one == group]
        left = [image for image in hand if groups[image] == group]
        for place in rng.sample(places, len(places)):
            rng.shuffle(left)
            _, chosen = min((shown[image, place], order) for order, image in enumerate(left))
            row[place] = left.pop(chosen)
        _settle(row, places, shown)
    for place, image in enumerate(row):
        shown[image, place] += 1
    return tuple(row)


def _settle(row: list[int], places: Sequence[int], shown: Counter[tuple[int, int]]) -> None:
    """Let two images change places where both together have been there less."""
    for index, one in enumerate(places):
        for other in places[index + 1 :]:
            stay = shown[row[one], one] + shown[row[other], other]
            if shown[row[other], one] + shown[row[one], other] < stay:
                row[one], row[other] = row[other], row[one]
