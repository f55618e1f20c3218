"""The table of threats names tests that exist, for each of the 21."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = (ROOT / "docs/survey-threats.md").read_text()
LINES = re.findall(r"^\| \d+: .*$", TABLE, re.MULTILINE)
FILES = {path.name: path.read_text() for path in (ROOT / "tests").rglob("test_*.py")}
NAMED = set(re.findall(r"def (test_\w+)", "\n".join(FILES.values())))


THREATS = [
    set(map(int, re.findall(r"\d+", one)))
    for one in re.findall(r"def test_threat_(\d+(?:_and_\d+)*)_", "\n".join(FILES.values()))
]


def cells(line: str) -> list[str]:
    """Threat, countermeasure, tests, and how many tests are named after it."""
    return [cell.strip() for cell in line.strip("| ").split(" | ")]


def missing(line: str) -> list[str]:
    """What a row's third cell names and nobody wrote: files, tests, threats of a file."""
    cell = cells(line)[2]
    gone = []
    for path, threats in re.findall(r"`(?:[\w/]*/)?(test_\w+\.py)`(?: \((`[^)]*`)\))?", cell):
        if path not in FILES:
            gone.append(path)
        for threat in re.findall(r"`(threat_\w+)`", threats):
            if f"def test_{threat}" not in FILES.get(path, ""):
                gone.append(f"{path}: {threat}")
    gone += [name for name in re.findall(r"`(test_\w+)`", cell) if name not in NAMED]
    return gone


def test_there_is_a_row_for_each_threat() -> None:
    numbers = [int(line.split(":")[0].lstrip("| ")) for line in LINES]
    assert numbers == list(range(1, 22))


def test_every_row_names_a_test_and_every_test_is_there() -> None:
    assert [line[:40] for line in LINES if "test_" not in line] == []
    assert {line[:20]: missing(line) for line in LINES if missing(line)} == {}


def test_every_row_counts_the_tests_that_are_named_after_its_threat() -> None:
    for line in LINES:
        threat, *_, told = cells(line)
        count = sum(int(threat.split(":")[0]) in of_test for of_test in THREATS)
        assert told == f"{count} of {count}", threat


def test_the_guard_notices_a_test_that_is_not_there() -> None:
    tests = "`test_nobody.py`, `test_order.py` (`threat_99`), `test_of_nothing`"
    row = f"| 1: a | b | {tests} | 3 of 3 |"
    assert missing(row) == ["test_nobody.py", "test_order.py: threat_99", "test_of_nothing"]
