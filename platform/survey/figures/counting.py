"""Which answers enter a figure, by what the document of the analysis says was left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from survey.statistics.exclusions import SEEN

OTHER = {"real": "artificial", "artificial": "real"}


class Counting:
    """The planned exclusions of an analysis (or of none yet: then nothing is left out)."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        left_out = document.get("exclusions", ())
        self._raters = {one["rater"] for one in left_out if one["whole"]}
        self._without_seen = any(SEEN in one["why"] for one in left_out)

    def counts(self, *, rater: str, seen_before: bool) -> bool:
        """Whether a rater's answer to an image of the study enters the figures."""
        return rater not in self._raters and not (self._without_seen and seen_before)

    def counted(self, answers: Iterable[Mapping[str, str]]) -> list[Mapping[str, str]]:
        """The rows of the CSV that enter figures: given, to images of the study, not left out."""
        return [
            one
            for one in answers
            if one["kind"] == "main"
            and one["decision"]
            and one["excluded"] != "1"
            and self.counts(rater=one["rater"], seen_before=one["seen_before"] == "1")
        ]


def marked_truth(answer: Mapping[str, str]) -> str:
    """What the image is that a row's marks lie on: of a pair, the one called artificial.

    `truth` and `decision` of a pair are about its left image.
    """
    return OTHER[answer["truth"]] if _on_the_right(answer) else answer["truth"]


def marked_image(answer: Mapping[str, str]) -> str:
    """The number of that image."""
    return answer["other"] if _on_the_right(answer) else answer["image"]


def _on_the_right(answer: Mapping[str, str]) -> bool:
    return bool(answer["other"]) and answer["decision"] == "real"
