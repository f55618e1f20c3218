"""From a study's table of answers to the document of its figures: what web and bundle both call."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from survey.statistics.analysis import analyse
from survey.statistics.analysis_of_pairs import analyse_pairs
from survey.statistics.reading import options_from, read_answers

PAIRS = "pairs"


def analysed(
    table: str,
    options: Mapping[str, Any],
    *,
    task: str,
    report: Callable[[int, int, str], None] = lambda done, total, step: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """Analyse the CSV of answers; `options` as `portable.to_json` writes `analysis.Options`.

    `task` is "yes-no" or "pairs". Raises `Stopped` where `should_stop()` says so, and ValueError
    where a row of pairs does not name both images.
    """
    frame, chosen = read_answers(io.StringIO(table)), options_from(options)
    if task != PAIRS:
        found = analyse(frame, chosen, report=report, should_stop=should_stop)
        return found.to_json()
    report(0, 1, "Pairs")
    _require_pairs(frame)
    # A pair is the same whichever image stood on its left.
    left, right = frame["image"].astype(int), frame["other"].astype(int)
    frame["image"] = [f"{min(pair)}-{max(pair)}" for pair in zip(left, right, strict=True)]
    of_pairs = analyse_pairs(
        frame,
        margin=chosen.margin,
        rules=chosen.rules,
        seed=chosen.seed,
        should_stop=should_stop,
    )
    return of_pairs.to_json()


def _require_pairs(frame: pd.DataFrame) -> None:
    """Refuse rows without a second image: they are of single images, or a table was cut."""
    for name in ("image", "other"):
        numbers = pd.to_numeric(frame[name], errors="coerce") if name in frame else None
        if numbers is None or numbers.isna().any():
            # The first line of a table is its head.
            row = (
                "" if numbers is None else f"row {int(numbers.isna().to_numpy().argmax()) + 2} of "
            )
            which = "second " if name == "other" else ""
            raise ValueError(
                f"This is a study of pairs, but {row}the table of answers names no {which}image: "
                f"fill in its column {name} with the number of the image."
            )
