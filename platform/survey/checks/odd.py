"""Single images that stick out: the audit compares kinds, and one odd image in a kind hides there.

A rater may know it again or judge it by its quality alone. They are named and let in: whether an
image is too bad to be asked about is for a person to say. The limits let pass what real sets hold:
of EMPS' first 60 images, cut to 512 px, 2 are named for clipping and 4 for blocks, of the 28 of
titania none.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

from survey.models import Stimulus

FEWEST_LEVELS = 64  # of 256; less is a picture that was saved with few colours, or has no contrast
MOST_CLIPPED = 0.25  # of its pixels, in plain black or white
MOST_BLOCKY = 1.3  # steps across a grid of 8 px over steps elsewhere
LEAST_COMPARED = 5  # images, before one can stick out among them
SHARPER, SPREADS = 4.0, 5.0  # times the median, and robust standard deviations: both
_NAMED = 5


def odd_sentences(stimuli: Sequence[Stimulus]) -> list[str]:
    """One sentence for each way to stick out; practice and attention pictures are left out."""
    shown = [s for s in stimuli if s.use == Stimulus.Use.MAIN and "grey_levels" in s.figures]
    told = (
        ("few grey levels", "were saved with few colours, or have no contrast", _few(shown)),
        ("large parts in plain black or white", "were exposed or stretched too far", _cut(shown)),
        ("blocks of 8 px", "were saved as JPEG and lost detail", _blocky(shown)),
        ("another sharpness than the rest", "are out of focus, or were sharpened", _other(shown)),
    )
    return [
        f"{_names(found)} {'has' if len(found) == 1 else 'have'} {what}: raters may go by that "
        f"alone. Perhaps they {why}; look, and take out what should not be asked about."
        for what, why, found in told
        if found
    ]


def _few(shown: Sequence[Stimulus]) -> list[Stimulus]:
    return [s for s in shown if s.figures["grey_levels"] < FEWEST_LEVELS]


def _cut(shown: Sequence[Stimulus]) -> list[Stimulus]:
    parts = ("black_part", "white_part")
    return [s for s in shown if max(s.figures.get(part, 0) for part in parts) > MOST_CLIPPED]


def _blocky(shown: Sequence[Stimulus]) -> list[Stimulus]:
    return [s for s in shown if s.figures.get("blockiness", 1) > MOST_BLOCKY]


def _other(shown: Sequence[Stimulus]) -> list[Stimulus]:
    """Those whose sharpness is far from the median, on the scale of ratios."""
    if len(shown) < LEAST_COMPARED:
        return []
    # A flat picture has none at all: it counts as having very little.
    known = [math.log(max(float(s.figures["sharpness_grey2"]), 1e-3)) for s in shown]
    middle = statistics.median(known)
    # The median of distances, as a standard deviation where values are normal.
    spread = 1.4826 * statistics.median(abs(value - middle) for value in known)
    least = max(SPREADS * spread, math.log(SHARPER))
    return [s for s, value in zip(shown, known, strict=True) if abs(value - middle) > least]


def _names(found: Sequence[Stimulus]) -> str:
    names = [s.source_name for s in found[:_NAMED]]
    more = len(found) - len(names)
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")
