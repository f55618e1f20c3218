"""Who and what is left out, by rules that were set before the study opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

SEEN = "had seen the image before"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The plan's rules; each off by default (0 or false).

    failed_attention : raters who failed so many attention items, or more, are left out.
    fastest_ms : raters whose median response time is shorter, in ms.
    leave_out_constant : raters who gave one answer to all images.
    leave_out_could_know : raters who could see the images elsewhere.
    leave_out_seen : single answers to images that the rater said to have seen before.
    """

    failed_attention: int = 0
    fastest_ms: float = 0
    leave_out_constant: bool = False
    leave_out_could_know: bool = False
    leave_out_seen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """A rater of whom answers are left out, how many, and why."""

    rater: str
    answers: int
    whole: bool  # all of the rater's answers
    why: str


def marked(frame: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Mark rows (as `tidy.tidied` gives them) by the rules, beside what is marked already."""
    frame = frame.copy()
    main = frame[(frame["kind"] == "main") & frame["decision"].notna()]
    if rules.failed_attention:
        asked = frame[(frame["kind"] == "attention") & frame["decision"].notna()]
        failed = (asked["decision"] != asked["truth"]).groupby(asked["rater"]).sum()
        _out(frame, failed[failed >= rules.failed_attention].index, "failed attention items")
    if rules.fastest_ms:
        median = main.groupby("rater")["response_ms"].median()
        _out(frame, median[median < rules.fastest_ms].index, "answered faster than planned")
    if rules.leave_out_constant:
        kinds = main.groupby("rater")["decision"].nunique()
        _out(frame, kinds[kinds < 2].index, "gave one answer to all images")
    if rules.leave_out_could_know:
        could = frame.loc[frame["could_know"], "rater"].unique()
        _out(frame, could, "could see the images elsewhere")
    if rules.leave_out_seen:
        _mark(frame, frame["seen_before"] == 1, SEEN)
    return frame


def exclusions(frame: pd.DataFrame) -> tuple[Exclusion, ...]:
    """List what is marked, rater by rater."""
    main = frame[(frame["kind"] == "main") & frame["decision"].notna()]
    found = []
    for rater, own in main.groupby("rater"):
        out = own[own["excluded"]]
        if len(out):
            parts = "; ".join(out["excluded_why"].unique()).split("; ")
            why = sorted({part for part in parts if part})
            found.append(
                Exclusion(
                    rater=str(rater),
                    answers=len(out),
                    whole=len(out) == len(own),
                    why="; ".join(why) or "marked as left out",
                )
            )
    return tuple(found)


def _out(frame: pd.DataFrame, raters: object, why: str) -> None:
    _mark(frame, frame["rater"].isin(list(raters)), why)  # type: ignore[call-overload]


def _mark(frame: pd.DataFrame, rows: pd.Series[bool], why: str) -> None:
    told = frame.loc[rows, "excluded_why"]
    frame.loc[rows, "excluded_why"] = told.where(told == "", told + "; ") + why
    frame.loc[rows, "excluded"] = True
