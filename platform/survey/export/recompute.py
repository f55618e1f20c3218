"""Compute every figure of this study anew from its table of answers, and compare.

It takes Python 3.11 or 3.12: the numbers are those of packages that are made for these.

    python3.11 -m venv env
    env/bin/pip install -r requirements.txt
    env/bin/python recompute.py

No web framework and no database is needed: the analysis lies beside this file. Writes
recomputed/figures.json and a drawing of every figure with its data, and compares all numbers and
all data with those of the bundle (figures.json, ../figures/); and options, truths and files with
what was promised at the opening (../protocol/document.json, which ../protocol/verify.py checks).
Ends with 0 where they agree and with 1 where they do not.
"""

from __future__ import annotations

import csv
import io
import json
import math
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from core.cells import safe_cell  # noqa: E402
from survey.figures.of_study import answers_in, drawings_of  # noqa: E402
from survey.figures.overlay import overlays_of  # noqa: E402
from survey.statistics.analysing import analysed  # noqa: E402

TOLERANCE = 1e-6  # relative: processors round differently
TOLD = 50  # differences are told up to here


def differences(found: Any, expected: Any, where: str = "") -> list[str]:
    """The places at which two documents differ."""
    if isinstance(found, dict) and isinstance(expected, dict):
        return [
            line
            for key in sorted(found.keys() | expected.keys())
            for line in _under(found, expected, key, f"{where}.{key}")
        ]
    if isinstance(found, list) and isinstance(expected, list) and len(found) == len(expected):
        return [
            line
            for place, pair in enumerate(zip(found, expected, strict=True))
            for line in differences(*pair, f"{where}[{place}]")
        ]
    numbers = all(isinstance(one, int | float) for one in (found, expected))
    same = (
        math.isclose(found, expected, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
        if numbers
        else found == expected
    )
    return [] if same else [f"{where.lstrip('.')}: {found!r}, expected {expected!r}"]


def _under(
    found: Mapping[str, Any], expected: Mapping[str, Any], key: str, where: str
) -> list[str]:
    """A key that one of the two does not have is a difference, whatever is under it."""
    if key in found and key in expected:
        return differences(found[key], expected[key], where)
    if key in found:
        return [f"{where.lstrip('.')}: {found[key]!r}, expected nothing"]
    return [f"{where.lstrip('.')}: is missing, expected {expected[key]!r}"]


def cells_of(table: str) -> list[list[float | str]]:
    """Rows of a CSV, its head first; what reads as a number is one."""
    return [[_cell(cell) for cell in row] for row in csv.reader(io.StringIO(table))]


def _cell(text: str) -> float | str:
    try:
        value = float(text)
    except ValueError:
        return text
    return value if math.isfinite(value) else text  # somebody wrote "nan"; it equals no number


def table_differences(tables: Mapping[str, str], folder: Path) -> list[str]:
    """Where the data of figures differ from the files in `folder`; a file too few or too many."""
    there = {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*.csv"))}
    wrong = [f"figures/{name}: is not in the bundle" for name in sorted(tables.keys() - there)]
    wrong += [f"figures/{name}: was not recomputed" for name in sorted(there.keys() - tables)]
    for name in sorted(there.keys() & tables):
        expected = cells_of(there[name].read_text(encoding="utf-8"))
        wrong += differences(cells_of(tables[name]), expected, f"figures/{name}")
    return wrong


def promise_differences(
    study: Mapping[str, Any], document: Mapping[str, Any], tables: Mapping[str, str]
) -> list[str]:
    """Where options, truths, arms or files differ from the document of the commitment."""
    plan, options = document["plan"], study["options"]
    margin = [round(0.5 - plan["margin"], 12), round(0.5 + plan["margin"], 12)]
    wrong = differences(options["margin"], margin, "options.margin")
    wrong += differences(options["seed"], int(document["seed"]) % 2**32, "options.seed")
    wrong += differences(study["task"], document["settings"]["task"], "task")
    for rule, value in options["rules"].items():
        wrong += differences(value, plan[rule], f"options.rules.{rule}")
    frozen = {str(one["number"]): one for one in document["stimuli"]}
    for name, columns in (
        ("images", ("truth", "arm", "source_sha256", "served_sha256")),
        ("answers", ("truth", "arm")),
    ):
        told = {row["image"]: row for row in csv.DictReader(io.StringIO(tables[name]))}
        for number, row in told.items():
            promised = frozen.get(number, {})
            found = {column: row[column] for column in columns}
            expected = {column: safe_cell(promised.get(column) or "") for column in columns}
            wrong += differences(found, expected, f"{name}, image {number}")
    return [f"protocol/document.json: {line}" for line in wrong]


def main() -> int:
    study = json.loads((HERE / "study.json").read_text(encoding="utf-8"))
    table = (HERE.parent / study["answers"]).read_text(encoding="utf-8")
    found = analysed(table, study["options"], task=study["task"])
    size = {"width_px": study["width_px"], "height_px": study["height_px"]}
    drawings = drawings_of(found, answers_in(table), **size)
    overlays = overlays_of(found, answers_in(table), **size)
    drawn: dict[str, Any] = {**drawings}
    drawn |= {f"images/{number}": overlay for number, overlay in overlays.items()}

    out = HERE / "recomputed"
    (out / "images").mkdir(parents=True, exist_ok=True)
    (out / "figures.json").write_text(json.dumps(found, indent=2), encoding="utf-8")
    tables = {f"{name}.csv": drawing.csv() for name, drawing in drawn.items()}
    for name, drawing in drawn.items():
        (out / f"{name}.svg").write_text(drawing.svg(), encoding="utf-8")
        (out / f"{name}.csv").write_text(tables[f"{name}.csv"], encoding="utf-8")

    document = json.loads((HERE.parent / "protocol/document.json").read_text(encoding="utf-8"))
    images = (HERE.parent / study["images"]).read_text(encoding="utf-8")
    wrong = promise_differences(study, document, {"answers": table, "images": images})
    wrong += differences(found, json.loads((HERE / "figures.json").read_text(encoding="utf-8")))
    wrong += table_differences(tables, HERE.parent / "figures")
    print(f"{len(drawings)} figures and {len(overlays)} images' marks drawn in {out}")  # noqa: T201
    if not wrong:
        print("All figures agree.")  # noqa: T201
        return 0
    print("\n".join([f"Different at {len(wrong)} places:", *wrong[:TOLD]]))  # noqa: T201
    return 1


if __name__ == "__main__":
    sys.exit(main())
