"""How a study will be analysed: set before it opens, frozen with it, never chosen afterwards."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from survey.models import Study


def ends_of(margin: float) -> tuple[float, float]:
    """The ends of a margin; rounded, as 0.5 - 0.05 is not quite the 0.45 that was planned."""
    return round(0.5 - margin, 12), round(0.5 + margin, 12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The primary analysis is always the reader-averaged balanced accuracy (Obuchowski-Rockette).

    Attributes
    ----------
    margin : float
        Half-width about 0.5 of the balanced accuracies that count as "cannot be told apart".
    failed_attention : int
        Raters who failed so many attention items or more are left out; 0: nobody is.
    fastest_ms : int
        Raters whose median response time is shorter are left out; 0: nobody is.
    leave_out_constant : bool
        Raters who gave one and the same answer to all images are left out.
    leave_out_could_know : bool
        Raters who could see the images elsewhere are left out.
    leave_out_unfinished : bool
        Raters who did not come to the end are left out; otherwise the images that they judged
        count, by a method that allows missing answers.
    leave_out_seen : bool
        Answers to images that the rater said to have seen before are left out.
    expected : dict
        What the planner was asked and what it answered (`survey.statistics.planner`); may be empty.
    """

    margin: float = 0.05
    failed_attention: int = 0
    fastest_ms: int = 0
    leave_out_constant: bool = False
    leave_out_could_know: bool = True
    leave_out_unfinished: bool = True
    leave_out_seen: bool = False
    hypothesis: str = ""
    expected: dict[str, Any] | None = None

    @property
    def ends(self) -> tuple[float, float]:
        return ends_of(self.margin)

    @classmethod
    def of(cls, study: Study) -> Plan:
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in study.plan.items() if name in known})
