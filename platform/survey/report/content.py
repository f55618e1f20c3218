"""A report before it has a form: sections of paragraphs, tables and figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from survey.figures.drawing import Drawing


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Text cells; `numbers` names the columns that are set to the right."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: frozenset[int] = frozenset()
    note: str = ""
    summary: str = ""  # of a table that pages keep folded under these words

    def __post_init__(self) -> None:
        """Refuse a row that does not fit its head: its cells would stand under other words."""
        if wrong := [row for row in self.rows if len(row) != len(self.head)]:
            raise ValueError(f"{len(self.head)} columns, and a row of {len(wrong[0])}: {wrong[0]}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One image of the study in a report: a small copy, and the height map it was made from.

    Of a pair it is the artificial one; the real one stands last.
    """

    png: bytes
    height_png: bytes | None  # None: a real image, or one without
    number: int
    words: str
    real_png: bytes | None = None
    real_number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and what stands under it, in this order."""

    title: str
    paragraphs: Sequence[str] = ()
    tables: Sequence[Table] = ()
    drawings: Sequence[Drawing] = field(default_factory=tuple)
    gallery: bool = False  # where a page shows the images themselves
    images: Sequence[Shown] = ()  # where a report shows some of them
    images_words: str = ""  # which these are


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What HTML and PDF are made from, so that both say the same."""

    title: str
    subtitle: str
    verdict: str
    sections: Sequence[Section]
