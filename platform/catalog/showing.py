"""Where an image is shown on this installation, and to whom; each app tells it of its own rows.

Images are asked for by their marks: SHA-256 of a file, or perceptual hash. So the same image is
found again in another dataset, and as it came from a run.

Asking has two steps: which things hold the images is looked up once, in tables that may be large;
which of those few a person could open is asked for each person anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Q

from catalog.models import Dataset, Image, VersionItem
from core.access import Owned
from core.opened import could_open

# user -> marks whose image the person could have opened; marks of other images may be among them.
Told = Callable[[Any], set[str]]
Teller = Callable[[frozenset[str]], Told]


class Holders:
    """Things of one model that hold images, and what each of them holds."""

    def __init__(self, model: type[Owned], held: Iterable[tuple[int, str | None]]) -> None:
        self._model = model
        self._held: dict[int, set[str]] = defaultdict(set)
        for key, mark in held:
            if mark:
                self._held[key].add(mark)

    def told(self, user: Any) -> set[str]:
        if not self._held:
            return set()
        things = self._model.objects.filter(pk__in=self._held)  # type: ignore[attr-defined]
        return {mark for key in could_open(things, user=user) for mark in self._held[key]}


def in_datasets(marks: frozenset[str]) -> Told:
    """What datasets and their versions hold, and what the person brought here."""
    same = Q(file__in=marks) | Q(view__in=marks) | Q(phash__in=marks)
    images = list(
        Image.objects.filter(same).values_list("dataset", "added_by", "file", "view", "phash")
    )
    items = VersionItem.objects.filter(file__in=marks)
    holders = Holders(
        Dataset,
        [
            *((dataset, mark) for dataset, _, *known in images for mark in known),
            *items.values_list("version__dataset", "file").distinct(),
        ],
    )
    brought: dict[int, set[str]] = defaultdict(set)
    for _, by, *known in images:
        if by is not None:
            brought[by] |= {mark for mark in known if mark}
    return lambda user: holders.told(user) | brought.get(user.pk, set())


_tellers: dict[str, Teller] = {"dataset": in_datasets}


def register(way: str, teller: Teller) -> None:
    """Let an app tell of its rows; `way` names them, registering it again replaces."""
    _tellers[way] = teller


def ways_to_open(marks: frozenset[str]) -> Callable[[Any], dict[str, set[str]]]:
    """By each way, the marks whose images a person could have opened; asked for each person."""
    told = {way: teller(marks) for way, teller in _tellers.items()}
    return lambda user: {way: its(user) & marks for way, its in told.items()}
