"""Images of a study that look the same, by their perceptual hashes."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.hashes import HashIndex
from survey.models import Stimulus
from survey.same_image import NEAR_BITS


def near_duplicates(stimuli: Sequence[Stimulus]) -> list[tuple[Stimulus, Stimulus]]:
    """Pairs that look the same as raters see them; practice counts, drawn pictures do not."""
    hashed = {
        s.number: (s, str(s.figures["phash"]))
        for s in stimuli
        if s.served_id and s.figures.get("phash") and s.use != Stimulus.Use.ATTENTION
    }
    index = HashIndex((number, phash) for number, (_, phash) in hashed.items())
    return [
        (stimulus, hashed[other][0])
        for number, (stimulus, phash) in sorted(hashed.items())
        for _, other in index.near(phash, most_bits=NEAR_BITS)
        if other > number
    ]


def alike_sentences(pairs: Sequence[tuple[Stimulus, Stimulus]]) -> list[str]:
    return [f"{one.source_name} and {other.source_name} look the same." for one, other in pairs]
