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
