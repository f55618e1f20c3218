"""What the answers graded by confidence say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from survey.figures.drawing import Drawing
from survey.report.content import Section
from survey.report.methods import CROSSED, INCOMPLETE
from survey.report.words import defined, interval, number, part, why

Document = Mapping[str, Any]


def confidence_section(confidence: Document, drawings: Sequence[Drawing]) -> Section:
    told = [_area(confidence), _knowing(confidence["calibration"])]
    return Section(title="Confidence", paragraphs=told, drawings=drawings)


_HOW = {
    CROSSED: "Obuchowski-Rockette",
    INCOMPLETE: "double bootstrap, as not every rater judged every image",
}


def _area(confidence: Document) -> str:
    """The area under the ROC curve with its interval; the primary result's methods give both."""
    auc = confidence["auc"]
    mean = confidence.get("mean_auc", auc)  # figures of before it was told by itself
    if not defined(mean):
        return f"There is no area under the ROC curve: {why(mean)}"
    told = "From the six steps of confidence the area under the ROC curve, averaged over raters, is"
    if not defined(auc):
        return f"{told} {number(mean)} (0.50 is guessing). Its interval is undefined: {why(auc)}"
    return (
        f"{told} {number(auc['accuracy'])} (95 % interval "
        f"{interval(auc['interval95'], digits=2)} for new raters and new images, by "
        f"{_HOW[confidence.get('auc_method', CROSSED)]}; 0.50 is guessing)."
    )


def _knowing(calibration: Document) -> str:
    """Do raters know when they are right?"""
    found = calibration["type2_auc"]
    mean = calibration.get("type2_auc_value", found)  # figures of before it was told by itself
    if not defined(mean):
        return f"Whether raters know when they are right cannot be said: {why(mean)}"
    reach = (
        f"95 % interval {interval(found)}; 50 % is no idea"
        if defined(found)
        else f"50 % is no idea; its interval is undefined: {why(found).rstrip('.')}"
    )
    return (
        "Did raters know when they were right? Taking a right and a wrong answer of one rater, the "
        f"right one was the surer in {part(mean)} of cases, ties counting half (type-2 AUC, "
        f"{reach})."
    )
