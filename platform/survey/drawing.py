"""Drawing images by chance, balanced over arms, then shapes, then materials."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawable:
    """An image that may be drawn; `key` is the caller's own."""

    key: tuple[str, int]
    arm: str
    shape: str
    material: str


def balanced_draw(images: Sequence[Drawable], *, count: int, seed: int) -> list[Drawable]:
    """Draw so many, each time from the arm that has least, of it the shape, of that the material.

    As long as an arm, shape or material has images left, it is never two behind another of its
    kind; which image comes is chance, the same for the same seed.
    """
    chance = random.Random(seed)  # noqa: S311 - a choice that can be repeated
    left: dict[Drawable, list[Drawable]] = {}  # by the first image of the same content
    first: dict[tuple[str, str, str], Drawable] = {}
    for image in chance.sample(sorted(images, key=lambda image: image.key), len(images)):
        head = first.setdefault((image.arm, image.shape, image.material), image)
        left.setdefault(head, []).append(image)
    taken: Counter[tuple[str, ...]] = Counter()
    drawn: list[Drawable] = []
    while left and len(drawn) < count:
        best = min(left, key=lambda image: tuple(taken[one] for one in _cells(image)))
        drawn.append(left[best].pop())
        if not left[best]:
            del left[best]
        taken.update(_cells(best))
    return drawn


def _cells(image: Drawable) -> list[tuple[str, ...]]:
    arm = (image.arm,)
    return [arm, (*arm, image.shape), (*arm, image.shape, image.material)]
