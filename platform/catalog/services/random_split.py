"""Splitting at random, by a seed, in the fractions asked for."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from catalog.errors import Refused
from catalog.models import BulkEdit, Image, NearDuplicate, Split

if TYPE_CHECKING:
    from django.db.models import QuerySet

PARTS = (Split.TRAIN, Split.VALIDATION, Split.TEST)


def checked_fractions(value: dict[str, Any]) -> dict[str, Any]:
    """Read percent of training, validation and test, and the seed."""
    try:
        percent = {part.value: int(str(value.get(part.value, "")).strip() or 0) for part in PARTS}
        seed = int(str(value.get("seed", "")).strip() or 0)
    except ValueError:
        raise Refused("Percent and seed are whole numbers.") from None
    if min(percent.values()) < 0 or sum(percent.values()) != 100:
        raise Refused("Training, validation and test must add up to 100 percent.")
    return {"percent": percent, "seed": seed, "given": dict.fromkeys(percent, 0)}


def split_at_random(edit: BulkEdit, images: QuerySet[Image], keys: list[int]) -> int:
    """Split one slice; over all slices the fractions are met to within one image.

    An image that looks like an earlier one goes where that one went: a network validated on a twin
    of what it was trained on would look better than it is.
    """
    percent, given = edit.value["percent"], edit.value["given"]
    # A draw that can be repeated, which is what cryptography must not have.
    rng = random.Random(f"{edit.value['seed']}/{edit.seen}")  # noqa: S311
    labels = _labels(len(keys), percent, given, seen=edit.seen)
    rng.shuffle(labels)
    split = dict(zip(keys, labels, strict=True))
    _keep_twins_together(split, edit.dataset_id)
    for part in percent:
        members = [key for key, label in split.items() if label == part]
        given[part] += len(members)
        Image.objects.filter(pk__in=members).update(split=part)
    return len(keys)


def _labels(count: int, percent: dict[str, int], given: dict[str, int], *, seen: int) -> list[str]:
    """Deal `count` images, each to the part that lacks most of what is due to it."""
    dealt = dict(given)
    labels = []
    for number in range(seen + 1, seen + count + 1):
        lacking = {part: percent[part] * number / 100 - dealt[part] for part in percent}
        part = max(lacking, key=lambda name: lacking[name])
        dealt[part] += 1
        labels.append(part)
    return labels


def _keep_twins_together(split: dict[int, str], dataset_pk: int) -> None:
    pairs = NearDuplicate.objects.filter(dataset_id=dataset_pk, second_id__in=split)
    twins = pairs.order_by("second_id", "-distance").values_list(
        "first_id", "first__split", "second_id"
    )
    for first, stored, second in twins:
        there = split.get(first, stored)
        if there:
            split[second] = there
