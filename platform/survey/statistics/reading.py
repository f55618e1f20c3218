"""A study's table of answers as the platform writes it, read back for the analysis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

import pandas as pd

from survey.statistics.analysis import Options
from survey.statistics.exclusions import Rules

_TEXTS = (
    "rater", "session_state", "excluded_why", "expertise", "kind", "image", "other", "truth",
    "arm", "source", "decision", "reason", "regions",
)  # fmt: skip


def read_answers(table: IO[str]) -> pd.DataFrame:
    """Read the CSV of answers, one row a presentation. Names stay text: "NA" is a pseudonym."""
    frame = pd.read_csv(
        table,
        dtype=dict.fromkeys(_TEXTS, str),
        keep_default_na=False,
        na_values={
            name: [""]
            for name in ("decision", "confidence", "correct", "response_ms", "confirm_ms",
                         "changes", "hidden_ms", "exposure_ms", "zooms", "slip", "seen_before")
        },
    )  # fmt: skip
    return frame


def options_from(told: Mapping[str, Any]) -> Options:
    """Options as `portable.to_json` wrote them."""
    low, high = told["margin"]
    rest = {name: value for name, value in told.items() if name not in ("margin", "rules")}
    return Options(margin=(low, high), rules=Rules(**told.get("rules", {})), **rest)
