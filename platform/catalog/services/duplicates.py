"""Noting images that look alike as they come in."""

from __future__ import annotations

from catalog import hashes
from catalog.models import HashBand, Image, NearDuplicate

# Blank images all share one hash: what one image costs stays bounded.
CANDIDATES = 2000
PAIRS_PER_IMAGE = 5


def near_duplicates_note(*, image: Image) -> list[NearDuplicate]:
    """Make a new image findable by its hash, and pair it with the nearest that look alike."""
    if not image.phash:
        return []
    in_dataset = HashBand.objects.filter(dataset_id=image.dataset_id)
    alike = in_dataset.filter(key__in=hashes.probe_keys(image.phash)).values("image_id")
    candidates = Image.objects.filter(pk__in=alike).values_list("pk", "phash")[:CANDIDATES]
    near = sorted((hashes.distance(image.phash, phash), pk) for pk, phash in candidates)
    HashBand.objects.bulk_create(
        HashBand(dataset_id=image.dataset_id, image=image, key=key)
        for key in hashes.band_keys(image.phash)
    )
    return NearDuplicate.objects.bulk_create(
        NearDuplicate(dataset_id=image.dataset_id, first_id=pk, second=image, distance=apart)
        for apart, pk in near[:PAIRS_PER_IMAGE]
        if apart <= hashes.MOST_BITS
    )
