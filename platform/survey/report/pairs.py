"""What an analysis of pairs says: which of two matched images is the artificial one?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from survey.figures.drawing import Drawing
from survey.report.agreement import pairs_agreement_section
from survey.report.content import Section, Table
from survey.report.familiar import known_beforehand, unseen_section
from survey.report.left_out import left_out_table
from survey.report.reasons import reasons_section
from survey.report.regions import regions_section
from survey.report.words import (
    NO_INTERVAL,
    NOT_GIVEN,
    defined,
    interval,
    number,
    p_value,
    part,
    reach,
    undefined_note,
    why,
)

Document = Mapping[str, Any]
# Figures of before pairs had a verdict.
UNTOLD = "Compute the figures again: these are of before pairs were judged against a margin."


def pairs_headline(document: Document) -> str:
    """One sentence for people who do not know the figures."""
    return str(document["pairs"].get("sentence", UNTOLD))


def pairs_sections(document: Document, drawings: Mapping[str, Drawing]) -> list[Section]:
    """Every section that has something to say."""
    pairs, model, lean = document["pairs"], document["model"], document["said_left_artificial"]
    rows = [
        [
            "Pairs judged rightly",
            part(pairs["part_right"]),
            reach(pairs["part_right"]),
        ],
        ["p, clustered by raters and by pairs", p_value(pairs["p_value"]), NOT_GIVEN],
        ["d-prime", number(pairs["d_prime"]), reach(pairs["d_prime_interval"], digits=2)],
        ["Said that the left one is artificial", part(lean), reach(lean)],
    ]
    if defined(model):
        rows.append(
            [
                "d-prime, mixed model",
                number(model["d_prime"]),
                interval(model["interval"], digits=2),
            ]
        )
        rows.append(["p, mixed model (Wald)", p_value(model["p_value"]), NOT_GIVEN])
    figures = Table(
        head=("", "Value", "95 % interval"),
        rows=rows,
        numbers=frozenset({1, 2}),
        note=undefined_note(
            " ".join([NO_INTERVAL, *_of_model(model)]),
            *(pairs[name] for name in ("part_right", "p_value", "d_prime", "d_prime_interval")),
            lean,
        ),
    )

    def drawn(name: str) -> list[Drawing]:
        return [drawings[name]] if name in drawings else []

    told = [*known_beforehand(document.get("could_know", ())), *document["notes"]]
    sections = [
        Section(
            title="Told apart?",
            paragraphs=told,
            drawings=drawn("verdict"),
            tables=[figures],
        ),
        *_ranks(document),
        _raters(document),
        Section(title="Pairs", drawings=drawn("pairs"), gallery=True),
        pairs_agreement_section(document.get("retest")),
        reasons_section(document.get("reasons"), drawn("reasons"), of_pairs=True),
        regions_section(document.get("regions"), drawn("regions"), of_pairs=True),
        unseen_section(document.get("unseen")),
        *_left_out(document),
    ]
    return [one for one in sections if one.paragraphs or one.tables or one.drawings]


def _of_model(model: Any) -> list[str]:
    """What to know of the mixed model: why there is none, or at which boundary it lies."""
    if not defined(model):
        return [f"The mixed model was not fitted: {why(model)}"]
    return [f"Mixed model: {note}" for note in model.get("notes", ())]


def _ranks(document: Document) -> list[Section]:
    found = document["strengths"]
    title = "Generators side by side"
    if not defined(found):
        told = [f"No strengths can be given: {why(found)}"] if len(document["things"]) > 2 else []
        return [Section(title=title, paragraphs=told)]
    reaches = found["intervals"]
    rows = [
        [name, number(strength), reach(reaches[place] if defined(reaches) else reaches, digits=2)]
        for place, (name, strength) in enumerate(
            zip(document["things"], found["strengths"], strict=True)
        )
    ]
    table = Table(
        head=("", "Strength (Bradley-Terry)", "95 % interval"),
        rows=rows,
        numbers=frozenset({1, 2}),
        note=undefined_note(
            "The higher, the more often it was taken for the real one.",
            *(reaches if defined(reaches) else [reaches]),
        ),
    )
    return [Section(title=title, tables=[table])]


def _raters(document: Document) -> Section:
    rows = [
        [
            name,
            f"{one['right']} / {one['total']}",
            part(one["part_right"]),
            reach(one["interval"]),
            number(one["d_prime"]),
            p_value(one["p_holm"]),
        ]
        for name, one in zip(document["raters"], document["pairs"]["raters"], strict=True)
    ]
    if not rows:
        return Section(title="Raters", paragraphs=["No rater counts."])
    table = Table(
        head=("Rater", "Right", "Part", "95 % interval", "d-prime", "p (exact, Holm)"),
        rows=rows,
        numbers=frozenset(range(1, 6)),
        note=undefined_note(
            "d-prime with half a pair added to right and to wrong, so that a rater who was never "
            "wrong has a finite value. p: against guessing, adjusted for the number of raters.",
            *(
                one[name]
                for one in document["pairs"]["raters"]
                for name in ("part_right", "interval", "d_prime", "p_holm")
            ),
        ),
    )
    return Section(title="Raters", tables=[table])


def _left_out(document: Document) -> list[Section]:
    if not document["exclusions"]:
        return [Section(title="Who was left out", paragraphs=["Nobody."])]
    both, told = document["with_everybody"], []
    if both is not None:
        told = [f"With everybody it would read: {both.get('sentence', UNTOLD)}"]
    table = left_out_table(document["exclusions"])
    return [Section(title="Who was left out", paragraphs=told, tables=[table])]
