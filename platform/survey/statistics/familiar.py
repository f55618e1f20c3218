"""Does it matter that some knew some of the images? Beside the primary result; decides nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey.statistics.undefined import Undefined

if TYPE_CHECKING:
    import pandas as pd


def could_know(kept: pd.DataFrame) -> tuple[str, ...]:
    """Raters who count although they could see images elsewhere: their plan leaves them in."""
    return tuple(sorted(kept.loc[kept["could_know"].astype(bool), "rater"].unique()))


def without_seen(frame: pd.DataFrame, kept: pd.DataFrame) -> pd.DataFrame | Undefined:
    """Those of the `kept` answers that are not to images that the rater said to have seen before.

    `frame` has all rows. Undefined where leaving them out would leave out nothing.
    """
    asked = frame.loc[frame["kind"] == "main", "seen_before"]
    if asked.isna().all():
        return Undefined("No rater said whether they had seen an image before.")
    if not (asked == 1).any():
        return Undefined("No rater said to have seen an image before.")
    if not (kept["seen_before"] == 1).any():
        return Undefined("None of the answers that count is to an image seen before.")
    return kept[kept["seen_before"] != 1]
