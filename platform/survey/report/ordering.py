"""How images were put in order, in words that hold for the design that the study has."""

from __future__ import annotations

from survey.order import longest_run
from survey.protocol import PAIRS, Settings


def order_parts(settings: Settings, *, real: int, artificial: int) -> list[str]:
    """What is true of the orders, as parts of a sentence in the present tense.

    `real`, `artificial` : images of the study itself. Attention items and repeats are put between
    them and are not counted in places.
    """
    is_pairs = settings.task == PAIRS
    noun, count = ("pair", min(real, artificial)) if is_pairs else ("image", real + artificial)
    size = min(settings.images_per_rater or count, count)
    between = " (repeats and attention items not counted)" if _between(settings) else ""
    if size < count:
        return [
            f"in every block of {count} raters each {noun} is shown to {size} of them, about "
            f"equally often at each place{between}",
            "long runs of a kind are avoided"
            if not is_pairs
            else "long runs of one side are avoided",
            *_sides(is_pairs),
        ]
    run = longest_run(count - count // 2, count // 2) if is_pairs else longest_run(real, artificial)
    alike = (
        f"at most {run} pairs in a row have the artificial image on the same side"
        if is_pairs
        else f"at most {run} of a kind come in a row"
    )
    return [
        f"in every block of {count} raters each {noun} stands once at each place{between}",
        alike,
        *_sides(is_pairs),
    ]


def _sides(is_pairs: bool) -> list[str]:
    if is_pairs:
        return ["of about half of a rater's pairs the artificial image is on the left"]
    return ["of each two raters in turn one has the answer “artificial” on the left"]


def _between(settings: Settings) -> bool:
    return bool(settings.repeats or settings.attention)
