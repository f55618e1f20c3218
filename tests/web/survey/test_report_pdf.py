"""The PDF holds what the report says: every heading, sentence and cell, read from its pages."""

from __future__ import annotations

import pytest

from survey.models import Study
from survey.report.content import Report, Section, Table
from survey.report.making import report_of
from survey.report.pdf import pdf_of
from tests.web.survey.closing import analysed
from tests.web.survey.everything import closed_with_everything
from tests.web.survey.pdf_text import letters_of, pages_of, squeezed


@pytest.fixture
def everything() -> Study:
    return closed_with_everything()


@pytest.mark.django_db
def test_every_heading_sentence_and_cell_of_the_report_is_in_the_pdf(everything: Study) -> None:
    report = report_of(study=everything, analysis=analysed(everything))
    pdf = pdf_of(report)
    letters = letters_of(pdf)
    told = [report.title, report.subtitle, report.verdict]
    for section in report.sections:
        told += [section.title, *section.paragraphs]
        told += [f"{one.title}. {one.caption}" for one in section.drawings]
        told += [one.words for one in section.images]
        for table in section.tables:
            told += [*table.head, *(cell for row in table.rows for cell in row), table.note]
    assert len(told) > 500
    missing = [one for one in told if not _in_pages(squeezed(one), letters)]
    assert missing == []
    assert 10 <= pages_of(pdf) <= 40


def _in_pages(wanted: str, letters: str) -> bool:
    """Whether letters stand there in one piece, or in two on two pages."""
    if wanted in letters:
        return True
    return any(
        wanted[:cut] in letters and wanted[cut:] in letters for cut in range(8, len(wanted) - 8)
    )


def test_a_hash_in_a_table_takes_two_lines_of_its_column_and_stays_whole() -> None:
    digest = "0123456789abcdef" * 4

    def pages(word: str) -> int:
        table = Table(head=("a", "b"), rows=[["row", f"Published: {word}."]] * 30)
        sections = [Section(title="Checklists", tables=[table])]
        report = Report(title="One", subtitle="", verdict="Two.", sections=sections)
        pdf = pdf_of(report)
        assert word in letters_of(pdf)
        return pages_of(pdf)

    assert (pages("0123456789abcdef"), pages(digest)) == (1, 2)


def test_pages_are_counted_and_what_is_not_there_is_not_found() -> None:
    table = Table(head=("a", "b"), rows=[[f"row {n}", f"{n}"] for n in range(200)])
    report = Report(
        title="#let x = [*] Größe",
        subtitle="",
        verdict="They can tell: 66.7.",
        sections=[Section(title="Told apart?", tables=[table])],
    )
    pdf = pdf_of(report)
    letters = letters_of(pdf)
    assert squeezed("#let x = [*] Größe") in letters
    assert squeezed("They can tell: 66.7.") in letters
    assert "row199" in letters
    assert "row200" not in letters
    assert not _in_pages("Theycannottellthematall", letters)
    assert pages_of(pdf) > 2
