from __future__ import annotations

from pathlib import Path

from pipeline.codec import fields_of
from pipeline.contracts.render_ranges import RenderRanges

DOCS = Path(__file__).parents[3] / "docs" / "render.md"


def test_the_documentation_lists_every_range_as_it_is() -> None:
    written = {
        line.split("|")[1].strip(" `"): [cell.strip() for cell in line.split("|")[2:6]]
        for line in DOCS.read_text().split("## Ranges")[1].splitlines()
        if line.startswith("| `")
    }
    coded = {
        info.name: [
            f"{info.default[0]:g}",
            f"{info.default[1]:g}",
            info.param.unit or "-",
            info.param.help,
        ]
        for info in fields_of(RenderRanges)
    }
    assert written == coded
