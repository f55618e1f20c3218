"""The same image in two studies, whatever its file is called and however it was stored.

It is the same by the file that it came from, by the pixels that raters get, or by how it looks:
a perceptual hash of what raters get, or of the whole micrograph, as near as threat 10 has it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models.fields.json import KT

from catalog.hashes import MOST_BITS, FewHashes
from survey.models import Stimulus

if TYPE_CHECKING:
    from django.db.models import QuerySet

NEAR_BITS = 4  # of what raters get; of whole micrographs `MOST_BITS`


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """By what one stimulus is known again; `key` is its own, `study` where it is."""

    key: int
    study: int
    source: str
    served: str
    phash: str  # of what raters get; empty: not prepared yet
    whole_phash: str

    @property
    def files(self) -> set[str]:
        return {self.source, self.served} - {""}


def faces_of(stimuli: QuerySet[Stimulus]) -> list[Face]:
    """Of all but attention items, which are pictures of their own; one statement."""
    rows = (
        stimuli.exclude(use=Stimulus.Use.ATTENTION)
        .annotate(phash_=KT("figures__phash"), whole_=KT("figures__whole_phash"))
        .values_list("pk", "study", "source", "served", "phash_", "whole_", "image__phash")
    )
    return [
        Face(
            key=key,
            study=study,
            source=source or "",
            served=served or "",
            phash=phash or "" if served else "",
            whole_phash=whole or of_image or "",
        )
        for key, study, source, served, phash, whole, of_image in rows
    ]


def same_images(ours: Sequence[Face], others: Iterable[Face]) -> dict[int, set[int]]:
    """By the key of each of the others that shows one of ours: the keys of those of ours.

    Ours are few, and the others all that there are elsewhere.
    """
    by_file: dict[str, set[int]] = defaultdict(set)
    for one in ours:
        for file in one.files:
            by_file[file].add(one.key)
    served = FewHashes((one.key, one.phash) for one in ours if one.phash)
    whole = FewHashes((one.key, one.whole_phash) for one in ours if one.whole_phash)
    found: dict[int, set[int]] = {}
    for other in others:
        same = by_file.get(other.source, set()) | by_file.get(other.served, set())
        if other.phash:
            same |= served.near(other.phash, most_bits=NEAR_BITS)
        if other.whole_phash:
            same |= whole.near(other.whole_phash, most_bits=MOST_BITS)
        if same:
            found[other.key] = same
    return found
