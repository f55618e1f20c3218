"""The report of a study: its results, how it was done, and the checklists."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from survey.export.tables import csv_text
from survey.figures.drawing import Drawing
from survey.figures.of_study import NAMES
from survey.models import Analysis, Study
from survey.report.checklists import filled
from survey.report.content import Report, Section, Table
from survey.report.facts import facts_of
from survey.report.hardest import with_hardest
from survey.report.methods import methods_paragraphs
from survey.report.results import headline, result_sections


def drawings_in(analysis: Analysis) -> dict[str, Drawing]:
    """The drawings that the analysis stored, in their order: PostgreSQL's JSON keeps none."""
    stored = analysis.drawings
    return {name: Drawing(**stored[name]) for name in NAMES if name in stored}


TABLE_DIFFERS = (
    "The table of answers is not the one that these figures were computed from: rows were changed "
    "since, or this program writes the table in another way. Compute the figures again, and "
    "compare both; if nothing was updated in between, ask who can write to the database."
)


def table_differs(*, study: Study, analysis: Analysis) -> bool:
    """Whether the answers, as they are now, are others than those that were analysed."""
    table = csv_text(study=study, table="answers")
    return hashlib.sha256(table.encode()).hexdigest() != analysis.answers_sha256


def report_of(*, study: Study, analysis: Analysis) -> Report:
    document: Mapping[str, Any] = analysis.figures
    facts = facts_of(study=study, document=document)
    checklists = [
        Table(head=(name, "In this study"), rows=[(item.topic, item.told) for item in items])
        for name, items in filled(facts).items()
    ]
    analysed = facts.found.raters if facts.found else facts.raters_finished
    closed = f"closed {facts.closed}" if facts.closed else ""
    warned = [TABLE_DIFFERS] if table_differs(study=study, analysis=analysis) else []
    return Report(
        title=study.name,
        subtitle=f"{analysed} raters analysed of {facts.raters_begun} who began, "
        f"{facts.artificial} artificial and {facts.real} real images; {closed}. "
        f"Analysis {analysis.pk}, answers {analysis.answers_sha256[:12]}.",
        verdict=headline(document),
        sections=[
            *([Section(title="Answers have changed", paragraphs=warned)] if warned else []),
            *with_hardest(
                result_sections(document, drawings_in(analysis)), study=study, document=document
            ),
            Section(title="Methods", paragraphs=methods_paragraphs(facts)),
            Section(title="Checklists", tables=checklists),
        ],
    )
