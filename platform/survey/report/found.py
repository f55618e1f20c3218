"""What an analysis found, in the numbers that methods and checklists ask for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Counts of who entered the figures and who was left out, and the figures themselves."""

    raters: int  # who enter the figures
    left_out_whole: int  # raters
    left_out_partly: int  # raters
    answers_left_out_partly: int
    whys: tuple[tuple[str, int], ...]  # reason, raters

    @property
    def left_out(self) -> int:
        return self.left_out_whole + self.left_out_partly


def found_in(document: Document) -> Found:
    """Read the document of an analysis, of single images or of pairs."""
    exclusions = document["exclusions"]
    partly = [one for one in exclusions if not one["whole"]]
    whys = Counter(why for one in exclusions for why in one["why"].split("; "))
    return Found(
        raters=len(document["raters"]) if "pairs" in document else document["design"]["raters"],
        left_out_whole=len(exclusions) - len(partly),
        left_out_partly=len(partly),
        answers_left_out_partly=sum(one["answers"] for one in partly),
        whys=tuple(sorted(whys.items())),
    )
