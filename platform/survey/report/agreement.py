"""Do raters agree with each other, and with themselves?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from survey.report.content import Section, Table
from survey.report.words import defined, number, part, reach, undefined_note, why

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
                    _with_reach(part(found[name]["raw"]), found[name], "raw"),
                    *(
                        _with_reach(number(found[name][key]), found[name], key)
                        for key in ("fleiss", "alpha", "ac1")
                    ),
                ]
                for name, words in _KINDS
                if name in found and defined(found[name])
            ],
            numbers=frozenset({1, 2, 3, 4}),
            note=undefined_note(
                "Raw: part of the pairs of answers to one image that are the same. Kappa and "
                "alpha fall where one answer is rare, so they stand beside it. In brackets: 95 % "
                "interval for other images and these raters (jackknife).",
                *(
                    value
                    for name, _ in _KINDS
                    if name in found and defined(found[name])
                    for key in ("raw", "fleiss", "alpha", "ac1")
                    for value in (found[name][key], _reach(found[name], key))
                ),
            ),
        )
    ]
    if any(again[name]["pairs"] for name, _ in _KINDS):
        kinds = [(words, again[name]) for name, words in _KINDS]
        note = "Repeated images only, which enter nothing else."
        tables.append(_twice(kinds, note=note))
    return Section(title="Agreement", tables=tables)


def pairs_agreement_section(again: Document | None) -> Section:
    """Did raters pick the same image of a pair that came twice? `again` is None in old figures."""
    if not again or not again["pairs"]:
        return Section(title="Agreement")
    note = (
        "Same: the same image of the pair was picked both times, on whichever side it stood. "
        "Repeated pairs only, which enter nothing else."
    )
    table = _twice([("All pairs", again)], note=note)
    return Section(title="Agreement", tables=[table])


def _twice(kinds: Sequence[tuple[str, Document]], *, note: str) -> Table:
    return Table(
        head=("The same rater twice", "Answers twice", "Same", "Cohen's kappa", "Gwet's AC1"),
        rows=[
            [
                words,
                str(found["pairs"]),
                part(found["raw"]),
                _kappa(found["kappa"]),
                number(found["ac1"]),
            ]
            for words, found in kinds
        ],
        numbers=frozenset({1, 2, 3, 4}),
        note=undefined_note(
            note, *(found[key] for _, found in kinds for key in ("raw", "kappa", "ac1"))
        ),
    )


def _reach(found: Document, key: str) -> Any:
    """The interval of a coefficient; None in figures of before it had one."""
    return (found.get("intervals") or {}).get(key)


def _with_reach(told: str, found: Document, key: str) -> str:
    value = _reach(found, key)
    if value is None or not defined(found[key]):
        return told
    return f"{told} ({reach(value, digits=None if key == 'raw' else 2)})"


def _kappa(found: Any) -> str:
    """With no interval: its error takes the pairs of one rater for independent."""
    return number(found["kappa"] if defined(found) else found)
