"""Two generators or more against the same real images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from survey.figures.drawing import Drawing
from survey.report.content import Section, Table
from survey.report.words import (
    defined,
    equals,
    number,
    p_value,
    part,
    reach,
    undefined_note,
    why,
)

Document = Mapping[str, Any]


def generators_section(figures: Document, drawings: Sequence[Drawing]) -> Section:
    arms = figures["arms"]
    if not defined(arms):
        return Section(title="Generators")
    test = arms["test"]
    told = (
        f"All generators at once: F({number(test['df1'], 0)}, {number(test['df2'], 1)}) = "
        f"{number(test['f'])}, p {equals(test['p_value'])}."
        if defined(test)
        else f"No test over all generators: {why(test)}"
    )
    # An analysis that was stored before told the reason in the place of a difference.
    differences = [one for one in arms["differences"] if defined(one)]
    rows = [
        [
            f"{one['first']} less {one['second']}",
            number(one["difference"]),
            reach(one["interval"], digits=2),
            p_value(one["p_holm"]),
        ]
        for one in differences
    ]
    gone = [
        f"Not compared: {name}. {why(found)}"
        for name, found in sorted(arms["each"].items())
        if not any(name in (one["first"], one["second"]) for one in differences)
    ]
    table = Table(
        head=("Difference in balanced accuracy", "Value", "95 % interval", "p (Holm)"),
        rows=rows,
        numbers=frozenset({1, 2, 3}),
        note=undefined_note(
            " ".join(["Below 0 the first is harder to tell.", *gone]),
            *(one[name] for one in differences for name in ("interval", "p_holm")),
        ),
    )
    return Section(
        title="Generators side by side",
        paragraphs=[told],
        drawings=drawings,
        tables=[*_verdicts(figures["arm_verdicts"]), *([table] if rows else [])],
    )


_MEANING = {
    "distinguishable": "told apart from real images",
    "hyper-real": "taken for real more often than real images",
    "equivalent": "not told apart from real images, to the margin",
    "inconclusive": "not settled; that is no evidence that it cannot be told",
}


def _verdicts(verdicts: Document) -> list[Table]:
    """What each generator's figure concludes, in words."""
    rows = [
        [
            name,
            _verdict(outcome["finding"]),
            part(outcome["accuracy"]),
            reach(outcome["interval95"]),
            reach(outcome["interval90"]),
        ]
        for name, outcome in sorted(verdicts.items())
    ]
    if not rows:
        return []
    return [
        Table(
            head=("Generator", "Verdict", "Balanced accuracy", "95 % interval", "90 % interval"),
            rows=rows,
            numbers=frozenset({2, 3, 4}),
            note=undefined_note(
                "Each by the rule of the whole study, against the same real images; not adjusted "
                "for the number of generators.",
                *(
                    outcome[name]
                    for outcome in verdicts.values()
                    for name in ("accuracy", "interval95", "interval90")
                ),
            ),
        )
    ]


def _verdict(finding: Any) -> str:
    if not defined(finding):
        return f"Nothing can be concluded. {why(finding)}"
    less = ", by less than the margin" if finding["by_less_than_margin"] else ""
    verdict = str(finding["verdict"])
    return f"{verdict.capitalize()}{less}: {_MEANING[verdict]}"
