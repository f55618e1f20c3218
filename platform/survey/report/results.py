"""What an analysis says, as sections: the page of results, the HTML and the PDF all show these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from survey.figures.drawing import Drawing
from survey.report.agreement import agreement_section
from survey.report.confidence import confidence_section
from survey.report.content import Section, Table
from survey.report.course import course_section
from survey.report.familiar import known_beforehand, unseen_section
from survey.report.generators import generators_section
from survey.report.left_out import left_out_table
from survey.report.mixed import mixed_section
from survey.report.pairs import pairs_headline, pairs_sections
from survey.report.raters import expertise_section, raters_section
from survey.report.reasons import reasons_section
from survey.report.regions import regions_section
from survey.report.words import (
    NO_INTERVAL,
    NOT_GIVEN,
    counted,
    defined,
    equals,
    number,
    part,
    reach,
    undefined_note,
    why,
)

Document = Mapping[str, Any]


def result_sections(document: Document, drawings: Mapping[str, Drawing]) -> list[Section]:
    """Every section that has something to say, the verdict first."""
    if "pairs" in document:
        return pairs_sections(document, drawings)
    figures = document["figures"]

    def drawn(*names: str) -> list[Drawing]:
        return [drawings[name] for name in names if name in drawings]

    sections = [
        _verdict(document, drawn("verdict")),
        raters_section(figures, drawn("raters")),
        Section(title="Images", drawings=drawn("images"), gallery=True),
        confidence_section(figures["confidence"], drawn("roc", "calibration")),
        generators_section(figures, drawn("arms")),
        mixed_section(figures),
        agreement_section(figures),
        course_section(figures, drawn("positions", "times")),
        reasons_section(figures.get("reasons"), drawn("reasons")),
        regions_section(figures.get("regions"), drawn("regions")),
        expertise_section(figures, document["options"].get("expertise_question", "")),
        unseen_section(figures.get("unseen")),
        _left_out(document),
    ]
    return [one for one in sections if one.paragraphs or one.tables or one.drawings]


def headline(document: Document) -> str:
    """The result in one sentence."""
    if "pairs" in document:
        return pairs_headline(document)
    return str(document["primary"]["sentence"])


def what_was_judged(document: Document) -> str:
    """How many raters, images or pairs, and answers the primary result is of."""
    if "pairs" in document:
        by_pair = document.get("by_pair")
        if by_pair is None:
            return ""  # an earlier version did not store it
        raters, shown = len(document["raters"]), counted(len(by_pair), "pair")
        answers = sum(one["answers"] for one in by_pair)
    else:
        design = document["design"]
        raters, answers = design["raters"], design["answers"]
        shown = f"{design['artificial']} artificial and {design['real']} real images"
    return f"{counted(raters, 'rater')}, {shown}, {counted(answers, 'answer')}."


def _verdict(document: Document, drawings: Sequence[Drawing]) -> Section:
    primary, rates = document["primary"], document["figures"]["rates"]
    permutation = document["figures"]["permutation"]
    told = [
        *known_beforehand(document["figures"].get("could_know", ())),
        *rates["sentences"],
        primary["method_note"],
    ]
    rows = [
        [
            "Balanced accuracy",
            part(primary["accuracy"]),
            reach(primary["interval95"]),
        ],
        [
            "Hits: artificial images called artificial",
            part(rates["hit_rate"]["value"]),
            reach(rates["hit_rate"]["over_both"]),
        ],
        [
            "False alarms: real images called artificial",
            part(rates["false_alarm_rate"]["value"]),
            reach(rates["false_alarm_rate"]["over_both"]),
        ],
        ["d-prime of these rates (0 is guessing)", _both(rates, "d_prime"), NOT_GIVEN],
        [
            "Criterion of these rates (above 0 leans to “real”)",
            _both(rates, "criterion"),
            NOT_GIVEN,
        ],
        [
            "d-prime, mean of the raters (log-linear; interval for these images only)",
            number(_mean(rates, "mean_d_prime")),
            reach(rates["mean_d_prime"], digits=2),
        ],
        [
            "Criterion, mean of the raters (log-linear; interval for these images only)",
            number(_mean(rates, "mean_criterion")),
            reach(rates["mean_criterion"], digits=2),
        ],
        [
            "HYPE error: part judged wrongly, both kinds alike (50 % is guessing)",
            part(rates["hype_error"]),
            NOT_GIVEN,
        ],
    ]
    if defined(permutation):
        note = (
            f"Permutation of the images: p {equals(permutation['p_value'])} "
            f"({permutation['label']}); it does not hold for other raters and decides nothing."
        )
    else:
        note = f"No permutation p: {why(permutation)}"
    shown = [
        primary["accuracy"],
        primary["interval95"],
        *(rates[rate][key] for rate in ("hit_rate", "false_alarm_rate") for key in _RATE),
        *(rates[name] for name in _FIGURES),
    ]
    return Section(
        title="Told apart?",
        paragraphs=told,
        drawings=drawings,
        tables=[
            Table(
                head=("", "Value", "95 % interval"),
                rows=rows,
                numbers=frozenset({1, 2}),
                note=undefined_note(f"{note} {NO_INTERVAL}", *shown),
            )
        ],
    )


_RATE = ("value", "over_both")
_FIGURES = (
    "d_prime", "d_prime_log_linear", "criterion", "criterion_log_linear", "mean_d_prime",
    "mean_criterion", "hype_error",
)  # fmt: skip


def _mean(rates: Document, name: str) -> Any:
    """A mean by itself; figures of before it was told by itself have it with its error only."""
    return rates.get(f"{name}_value", rates[name])


def _both(rates: Document, name: str) -> str:
    """A figure of the rates as they are, and with the log-linear correction."""
    return f"{number(rates[name])} (log-linear {number(rates[f'{name}_log_linear'])})"


def _left_out(document: Document) -> Section:
    title = "Who was left out"
    told = [*_of_one_kind(document["primary"]), *document["notes"]]
    if not document["exclusions"]:
        nobody = "By the plan nobody." if document["primary"].get("one_kind_only") else "Nobody."
        return Section(title=title, paragraphs=[nobody, *told])
    both = document["with_everybody"]
    if both is not None:
        told.insert(0, f"With everybody it would read: {both['sentence']}")
    return Section(title=title, paragraphs=told, tables=[left_out_table(document["exclusions"])])


def _of_one_kind(primary: Document) -> list[str]:
    """Who has no balanced accuracy, by name; no rule of the plan leaves them out."""
    raters = primary.get("one_kind_only", [])  # not in documents of earlier versions
    if not raters:
        return []
    return [
        "No balanced accuracy, and so no part in the primary result, have raters who judged "
        f"images of one kind only: {', '.join(raters)}. Their answers count in the rates of all "
        "answers, for each image and in the mixed model."
    ]
