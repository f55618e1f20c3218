"""The report of a study: its results, how it was done, and the checklists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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


def report_of(*, study: Study, analysis: Analysis) -> Report:
    document: Mapping[str, Any] = analysis.figures
    facts = facts_of(study=study, document=document)
    checklists = [
        Table(head=(name, "In this study"), rows=[(item.topic, item.told) for item in items])
        for name, items in filled(facts).items()
    ]
    analysed = facts.found.raters if facts.found else facts.raters_finished
    closed = f"closed {facts.closed}" if facts.closed else ""
    return Report(
        title=study.name,
        subtitle=f"{analysed} raters analysed of {facts.raters_begun} who began, "
        f"{facts.artificial} artificial and {facts.real} real images; {closed}. "
        f"Analysis {analysis.pk}, answers {analysis.answers_sha256[:12]}.",
        verdict=headline(document),
        sections=[
            *with_hardest(
                result_sections(document, drawings_in(analysis)), study=study, document=document
            ),
            Section(title="Methods", paragraphs=methods_paragraphs(facts)),
            Section(title="Checklists", tables=checklists),
        ],
    )
