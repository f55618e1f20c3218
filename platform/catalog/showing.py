"""Where an image is shown on this installation, and to whom; each app tells it of its own rows.

Images are asked for by their marks: SHA-256 of a file, or perceptual hash. So the same image is
found again in another dataset, and as it came from a run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Q

from catalog.models import Dataset, Image, VersionItem
from core.opened import could_open

# (marks, user) -> those of the marks whose image the person could have opened.
Teller = Callable[[frozenset[str], Any], Iterable[str]]


def in_datasets(marks: frozenset[str], user: Any) -> set[str]:
    """What datasets and their versions hold, and what the person brought here."""
    same = Q(file__in=marks) | Q(view__in=marks) | Q(phash__in=marks)
    images = Image.objects.filter(same)
    items = VersionItem.objects.filter(file__in=marks)
    holding = Q(pk__in=images.values("dataset")) | Q(pk__in=items.values("version__dataset"))
    opened = could_open(Dataset.objects.filter(holding), user=user)
    seen = images.filter(Q(dataset__in=opened) | Q(added_by=user))
    found = {mark for row in seen.values_list("file", "view", "phash") for mark in row}
    found.update(items.filter(version__dataset__in=opened).values_list("file", flat=True))
    return found & marks


_tellers: dict[str, Teller] = {"dataset": in_datasets}


def register(way: str, teller: Teller) -> None:
    """Let an app tell of its rows; `way` names them, registering it again replaces."""
    _tellers[way] = teller


def ways_to_open(marks: frozenset[str], *, user: Any) -> dict[str, set[str]]:
    """By each way, the marks whose images a person could have opened."""
    return {way: set(teller(marks, user)) for way, teller in _tellers.items()}
