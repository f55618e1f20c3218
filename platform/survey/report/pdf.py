"""A report as PDF, set by Typst: no browser and no system library is needed for it."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from survey.report.content import Report, Section, Shown, Table

_SPECIAL = str.maketrans({letter: f"\\{letter}" for letter in "\\#$*_`.<>@[]~=-+/'\""})
_LONG_WORD, _IN_PARTS = re.compile(r"\S{41,}"), re.compile(r"\S{20}")
_SETTINGS = """\
#set page(paper: "a4", margin: (x: 22mm, y: 22mm), numbering: "1")
#set text(font: "Libertinus Serif", size: 10.5pt, lang: "en")
#set par(justify: true, leading: 0.62em)
#set heading(numbering: none)
#show heading.where(level: 1): set text(size: 14pt)
#show figure.caption: set text(size: 9pt)
#show table: set text(size: 8.5pt)
#set table(stroke: (x, y) => if y == 0 { (bottom: 0.7pt) } else { (bottom: 0.2pt + gray) })
"""


def pdf_of(report: Report) -> bytes:
    """Set the report; figures go in as vectors."""
    import typst  # brings a typesetter along: loaded where a PDF is made

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        body = [
            _SETTINGS,
            f"#set document(title: {_string(report.title)})",
            f"#text(size: 19pt, weight: 700)[{_text(report.title)}]",
            f"#text(fill: luma(90))[{_text(report.subtitle)}]",
            "#block(fill: luma(243), inset: 10pt, radius: 3pt, width: 100%)["
            f"#text(size: 12pt)[{_text(report.verdict)}]]",
        ]
        for number, section in enumerate(report.sections):
            body += _section(section, number, folder)
        source = folder / "report.typ"
        source.write_text("\n\n".join(body), encoding="utf-8")
        made = typst.compile(str(source), root=str(folder))
    return bytes(made)


def _section(section: Section, number: int, folder: Path) -> list[str]:
    parts = [f"= {_text(section.title)}"]
    parts += [_text(paragraph) for paragraph in section.paragraphs]
    for place, drawing in enumerate(section.drawings):
        name = f"{number}-{place}.svg"
        (folder / name).write_text(drawing.svg(), encoding="utf-8")
        parts.append(
            f'#figure(image({_string(name)}, width: 100%, height: 64mm, fit: "contain", '
            f"alt: {_string(drawing.alt)}), "
            f"caption: [{_text(f'{drawing.title}. {drawing.caption}')}])"
        )
    if section.images:
        parts += [_text(section.images_words), _images(section.images, number, folder)]
    parts += [_table(table) for table in section.tables]
    return parts


def _images(shown: Sequence[Shown], number: int, folder: Path) -> str:
    """Two columns; an artificial image beside its height map, a real one in its half alone.

    Of a pair, the real image stands third.
    """
    of_pairs = any(one.real_png for one in shown)
    cells = []
    for one in shown:
        own = f"Image {one.number}"
        kinds = [(own, one.png), (f"Height map of image {one.number}", one.height_png)]
        if of_pairs:
            kinds.append((f"Image {one.real_number}", one.real_png))
        pictures = []
        for place, (alt, png) in enumerate(kinds):
            if png is None:
                pictures.append("[]")
                continue
            name = f"{number}-{one.number}-{place}.png"
            (folder / name).write_bytes(png)
            pictures.append(f"image({_string(name)}, width: 100%, alt: {_string(alt)})")
        columns = ", ".join(["1fr"] * len(kinds))
        cells.append(
            f"block(breakable: false)[#grid(columns: ({columns}), gutter: 2mm, "
            f"{', '.join(pictures)})\n#text(size: 8.5pt)[{_text(one.words)}]]"
        )
    return f"#grid(columns: (1fr, 1fr), gutter: 5mm, {', '.join(cells)})"


def _table(table: Table) -> str:
    sides = ", ".join(
        "right" if column in table.numbers else "left" for column in range(len(table.head))
    )
    head = ", ".join(f"[*{_text(cell)}*]" for cell in table.head)
    rows = ",\n".join(", ".join(f"[{_text(cell)}]" for cell in row) for row in table.rows)
    note = f"\n\n#text(size: 8.5pt, fill: luma(90))[{_text(table.note)}]" if table.note else ""
    widths = ", ".join(
        "auto" if side in table.numbers else "1fr" for side in range(len(table.head))
    )
    title = f"== {_text(table.summary)}\n\n" if table.summary else ""
    return (
        title
        + f"#table(columns: ({widths}), align: ({sides}), table.header({head}),\n{rows}){note}"
    )


def _text(value: str) -> str:
    """Text that Typst takes as text, whatever is in it; names of studies and raters come along.

    Words longer than a column, as hashes are, may be parted where a reader sees nothing.
    """
    parted = _LONG_WORD.sub(lambda word: _IN_PARTS.sub("\\g<0>\u200b", word[0]), value)
    return parted.translate(_SPECIAL).replace("\n", " \\ ")


def _string(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
