"""Perceptual hashes: 64 bits as 16 hexadecimal digits; alike images differ in few of them.

The hash is cut into four bands of 16 bits. Of two hashes that differ in at most seven bits, one
band differs in at most one bit (pigeonhole), so a band and its 16 neighbours find them: Norouzi,
Punjani and Fleet 2012, "Fast search in Hamming space with multi-index hashing".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from catalog.errors import Refused

BANDS, BAND_BITS = 4, 16
MOST_BITS = 7  # what the bands can find; images this close look the same to people


def checked_phash(phash: str) -> str:
    if not phash:
        return ""
    try:
        if len(phash) != 16:
            raise ValueError
        int(phash, 16)
    except ValueError:
        raise Refused("A perceptual hash is 16 hexadecimal digits.") from None
    return phash.lower()


def distance(first: str, second: str) -> int:
    """Number of bits that differ."""
    return (int(first, 16) ^ int(second, 16)).bit_count()


def band_keys(phash: str) -> list[int]:
    """The four keys under which a hash is found."""
    bits = int(phash, 16)
    mask = (1 << BAND_BITS) - 1
    return [(band << BAND_BITS) | ((bits >> (band * BAND_BITS)) & mask) for band in range(BANDS)]


def probe_keys(phash: str) -> list[int]:
    """The 68 keys that find whatever is at most seven bits away."""
    return [near for key in band_keys(phash) for near in _neighbours(key)]


def _neighbours(key: int) -> Iterator[int]:
    yield key
    for bit in range(BAND_BITS):
        yield key ^ (1 << bit)


class HashIndex:
    """Hashes in memory, found by what is near; keys are whatever the caller names them by."""

    def __init__(self, hashes: Iterable[tuple[int, str]]) -> None:
        self._named: dict[int, list[tuple[int, int]]] = {}
        for name, phash in hashes:
            bits = int(phash, 16)
            for key in band_keys(phash):
                self._named.setdefault(key, []).append((name, bits))

    def near(self, phash: str, *, most_bits: int = MOST_BITS) -> list[tuple[int, int]]:
        """(distance, name) of everything at most `most_bits` away, nearest first."""
        if not 0 <= most_bits <= MOST_BITS:
            raise ValueError(f"the bands find differences of 0 to {MOST_BITS} bits")
        bits, found = int(phash, 16), {}
        for key in probe_keys(phash):
            for name, other in self._named.get(key, ()):
                apart = (bits ^ other).bit_count()
                if apart <= most_bits:
                    found[name] = apart
        return sorted((apart, name) for name, apart in found.items())


class FewHashes:
    """A few hashes that many are compared with: the neighbours are kept, not asked for each time.

    Finds what `HashIndex` finds, from the other side: 68 entries a hash, four look-ups a question.
    """

    def __init__(self, hashes: Iterable[tuple[int, str]]) -> None:
        self._named: dict[int, list[tuple[int, int]]] = {}
        for name, phash in hashes:
            bits = int(phash, 16)
            for key in probe_keys(phash):
                self._named.setdefault(key, []).append((name, bits))

    def near(self, phash: str, *, most_bits: int = MOST_BITS) -> set[int]:
        """Names of all that are at most `most_bits` away."""
        if not 0 <= most_bits <= MOST_BITS:
            raise ValueError(f"the bands find differences of 0 to {MOST_BITS} bits")
        bits = int(phash, 16)
        return {
            name
            for key in band_keys(phash)
            for name, other in self._named.get(key, ())
            if (bits ^ other).bit_count() <= most_bits
        }
