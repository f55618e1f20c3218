"""Each rater: able to tell, or leaning; and raters by experience."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from survey.figures.drawing import Drawing
from survey.report.content import Section, Table
from survey.report.words import defined, number, p_value, part, reach, seconds, undefined_note

Document = Mapping[str, Any]
NOT_TOLD = "not told"  # as `survey.statistics.groups` names it, which needs pandas


def raters_section(figures: Document, drawings: Sequence[Drawing]) -> Section:
    rows = [
        [
            one["rater"],
            f"{one['counts']['hits']} / {one['counts']['misses'] + one['counts']['hits']}",
            f"{one['counts']['false_alarms']} / "
            f"{one['counts']['false_alarms'] + one['counts']['correct_rejections']}",
            part(one["balanced_accuracy"]),
            number(one["d_prime"]),
            number(one["criterion"]),
            seconds(one["median_ms"]),
            p_value(one["fisher_p_holm"]),
        ]
        for one in figures["raters"]
    ]
    if not rows:
        return Section(title="Raters")
    return Section(
        title="Raters: able to tell, or leaning?",
        drawings=drawings,
        tables=[
            Table(
                head=(
                    "Rater", "Hits", "False alarms", "Balanced accuracy", "d-prime", "Criterion",
                    "Median time", "p (Fisher, Holm)",
                ),
                rows=rows,
                numbers=frozenset(range(1, 8)),
                note=undefined_note(
                    "d-prime and criterion with the log-linear correction, so that a rater who "
                    "was never wrong has a finite value. p: do this rater's answers depend on what "
                    "the images are, adjusted for the number of raters.",
                    *(one[name] for one in figures["raters"] for name in _FIGURES),
                ),
            ),
            _tests(figures),
        ],
    )  # fmt: skip


_FIGURES = ("balanced_accuracy", "d_prime", "criterion", "median_ms", "fisher_p_holm")
_TESTS = ("accuracy_interval", "binomial_p", "binomial_p_holm", "fisher_p", "curve")


def _tests(figures: Document) -> Table:
    """What a reader of tests looks for: each rater's part right, and p before it is adjusted."""
    rows = [
        [
            one["rater"],
            f"{one['counts']['hits'] + one['counts']['correct_rejections']} / "
            f"{sum(one['counts'].values())}",
            reach(one["accuracy_interval"]),
            p_value(one["binomial_p"]),
            p_value(one["binomial_p_holm"]),
            p_value(one["fisher_p"]),
            number(one["curve"]["auc"] if defined(one["curve"]) else one["curve"]),
        ]
        for one in figures["raters"]
    ]
    return Table(
        head=(
            "Rater", "Right", "95 % interval (Wilson)", "p (binomial)", "p (binomial, Holm)",
            "p (Fisher)", "AUC of confidence",
        ),
        rows=rows,
        numbers=frozenset(range(1, 7)),
        summary="Tests of each rater by itself",
        note=undefined_note(
            "Binomial: is the part right other than a half? It asks for guessing only where as "
            "many images are artificial as real; Fisher's test needs no such thing.",
            *(one[name] for one in figures["raters"] for name in _TESTS),
        ),
    )  # fmt: skip


def expertise_section(figures: Document, question: str) -> Section:
    """`question` is what raters were asked; empty in figures of before it was kept."""
    asked = f" to the question “{question}”" if question else ""
    rows, shown, meant = [], [], []
    for key, words, meaning in (
        ("expertise", "Said", f"by the raters' answers{asked}, averaged over the raters"),
        (
            "familiarity",
            "Image",
            "by whether the rater had seen it before, all answers together",
        ),
    ):
        groups = [one for one in figures[key] if one["answers"]]
        if {one["name"] for one in groups} <= {NOT_TOLD}:
            continue  # raters were not asked, or nobody told
        shown += [one[name] for one in groups for name in ("value", "estimate")]
        meant.append(f"“{words}”: {meaning}.")
        rows += [
            [
                f"{words}: {one['name']}",
                str(one["raters"]),
                str(one["answers"]),
                part(one["value"]),
                reach(one["estimate"]),
            ]
            for one in groups
        ]
    if not rows:
        return Section(title="Expertise")
    table = Table(
        head=("Group", "Raters", "Answers", "Balanced accuracy", "95 % interval"),
        rows=rows,
        numbers=frozenset({1, 2, 3, 4}),
        note=undefined_note(
            f"{' '.join(meant)} Intervals are for new raters and these images; groups were not "
            "drawn by lot, so a difference has many possible causes.",
            *shown,
        ),
    )
    return Section(title="Expertise", tables=[table])
