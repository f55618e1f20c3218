"""Edits in words: "2 deleted, 1 split"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

_DONE = {
    "delete": "deleted",
    "merge": "merged",
    "split": "split",
    "paint": "painted",
    "erase": "erased",
    "renumber": "renumbered",
}


def edits_in_words(edits: Iterable[dict[str, Any]]) -> str:
    counts: Counter[str] = Counter()
    for edit in edits:
        kind = str(edit.get("op"))
        counts[kind] += len(edit.get("labels") or [0]) if kind == "delete" else 1
    told = [f"{counts[kind]} {word}" for kind, word in _DONE.items() if counts[kind]]
    return ", ".join(told) or "nothing changed"
