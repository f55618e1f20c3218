"""A validation as it is shown: on its page and in the shell."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from survey.models import Validation

WORDS = {True: "passed", False: "failed", None: "not run"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One check, in words."""

    number: int
    what: str
    expected: str
    obtained: str
    word: str
    source: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    lines: list[Line]
    versions: dict[str, str]

    def count(self, word: str) -> int:
        return sum(line.word == word for line in self.lines)

    @property
    def told(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.not_run} not run"

    @property
    def told_versions(self) -> str:
        return ", ".join(f"{name} {number}" for name, number in self.versions.items())

    @property
    def failed(self) -> int:
        return self.count("failed")

    @property
    def passed(self) -> int:
        return self.count("passed")

    @property
    def not_run(self) -> int:
        return self.count("not run")


def latest() -> tuple[Validation | None, Validation | None]:
    """The latest validation, and the latest that is done."""
    rows = Validation.objects.select_related("by").order_by("-pk")
    return rows.first(), rows.filter(state=Validation.State.DONE).first()


def table_of(result: dict[str, Any]) -> Table:
    return Table(lines=[_line(one) for one in result["checks"]], versions=result["versions"])


_HEAD = """\
# The 24 oracles, expected beside obtained

Published and exact values of the survey's statistics, recomputed. A number that was published
passes within half of its last digit; the fit of oracle 22 within 0.00004 and its likelihood within
0.00015, for another search for the optimum ends elsewhere, where it is as good. Oracles 17 and 22
need data files of others, `VanDyke.xlsx` and `cbpp.csv`, in DIR; oracle 24 simulates studies whose
raters cannot tell. Made by

    python manage.py survey_validate --data DIR --markdown docs/oracles.md

and shown by any installation for itself under Survey, "Validate this installation".
"""
_COLUMNS = ("No.", "What", "Expected", "Obtained", "State", "Source")


def markdown_of(table: Table) -> str:
    """The same table for the documentation."""
    rows = [
        _COLUMNS,
        ["---"] * len(_COLUMNS),
        *(
            (
                str(one.number),
                f"{one.what}. {one.note}" if one.note else one.what,
                one.expected,
                one.obtained,
                one.word,
                one.source,
            )
            for one in table.lines
        ),
    ]
    lines = (f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows)
    return "\n".join([_HEAD, f"{table.told} ({table.told_versions}).", "", *lines]) + "\n"


def _line(check: dict[str, Any]) -> Line:
    tolerances = check["tolerances"]
    return Line(
        number=check["number"],
        what=check["what"],
        expected=", ".join(_told(value) for value in check["expected"]),
        obtained=", ".join(
            _told(value, tolerances[place] if place < len(tolerances) else 0.0)
            for place, value in enumerate(check["obtained"])
        ),
        word=WORDS[check["passed"]],
        source=check["source"],
        note=check["note"],
    )


def _told(value: float | str, tolerance: float = 0.0) -> str:
    """Write a figure; what was obtained with one digit more than the tolerance asks for."""
    if isinstance(value, str):
        return value
    if tolerance <= 0:
        return f"{value:.10g}"
    digits = max(0, math.ceil(-math.log10(tolerance)))
    return f"{value:.{digits}f}"
