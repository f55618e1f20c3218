"""Do raters agree with each other, and with themselves?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from survey.report.content import Section, Table
from survey.report.words import defined, number, part, undefined_note, why

Document = Mapping[str, Any]
_KINDS = (("all", "All images"), ("artificial", "Artificial"), ("real", "Real"))


def agreement_section(figures: Document) -> Section:
    found, again = figures["agreement"], figures["retest"]
    if not defined(found):
        return Section(title="Agreement", paragraphs=[f"Undefined: {why(found)}"])
    tables = [
        Table(
            head=("Between raters", "Raw", "Fleiss' kappa", "Krippendorff's alpha", "Gwet's AC1"),
            rows=[
                [
                    words,
                    part(found[name]["raw"]),
                    *(number(found[name][key]) for key in ("fleiss", "alpha", "ac1")),
                ]
                for name, words in _KINDS
                if name in found and defined(found[name])
            ],
            numbers=frozenset({1, 2, 3, 4}),
            note=undefined_note(
                "Raw: part of the pairs of answers to one image that are the same. Kappa and "
                "alpha fall where one answer is rare, so they stand beside it.",
                *(
                    found[name][key]
                    for name, _ in _KINDS
                    if name in found and defined(found[name])
                    for key in ("raw", "fleiss", "alpha", "ac1")
                ),
            ),
        )
    ]
    if any(again[name]["pairs"] for name, _ in _KINDS):
        tables.append(
            Table(
                head=("The same rater twice", "Pairs", "Raw", "Cohen's kappa", "Gwet's AC1"),
                rows=[
                    [
                        words,
                        str(again[name]["pairs"]),
                        part(again[name]["raw"]),
                        _kappa(again[name]["kappa"]),
                        number(again[name]["ac1"]),
                    ]
                    for name, words in _KINDS
                ],
                numbers=frozenset({1, 2, 3, 4}),
                note=undefined_note(
                    "Repeated images only, which enter nothing else.",
                    *(again[name][key] for name, _ in _KINDS for key in ("raw", "kappa", "ac1")),
                ),
            )
        )
    return Section(title="Agreement", tables=tables)


def _kappa(found: Any) -> str:
    """With no interval: its error takes the pairs of one rater for independent."""
    return number(found["kappa"] if defined(found) else found)
