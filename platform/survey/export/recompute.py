"""Compute every figure of this study anew from its table of answers, and compare.

    python -m venv env
    env/bin/pip install -r requirements.txt
    env/bin/python recompute.py

No web framework and no database is needed: the analysis lies beside this file. Writes
recomputed/figures.json and a drawing of every figure, and says whether they agree.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from survey.figures.of_study import answers_in, drawings_of  # noqa: E402
from survey.statistics.analysing import analysed  # noqa: E402

TOLERANCE = 1e-6  # relative: processors round differently


def differences(found: Any, expected: Any, where: str = "") -> list[str]:
    """The places at which two documents differ."""
    if isinstance(found, dict) and isinstance(expected, dict):
        return [
            line
            for key in sorted(found.keys() | expected.keys())
            for line in differences(found.get(key), expected.get(key), f"{where}.{key}")
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


def main() -> int:
    study = json.loads((HERE / "study.json").read_text(encoding="utf-8"))
    table = (HERE.parent / study["answers"]).read_text(encoding="utf-8")
    out = HERE / "recomputed"
    out.mkdir(exist_ok=True)
    found = analysed(table, study["options"], task=study["task"])
    (out / "figures.json").write_text(json.dumps(found, indent=2), encoding="utf-8")
    drawings = drawings_of(
        found, answers_in(table), width_px=study["width_px"], height_px=study["height_px"]
    )
    for name, drawing in drawings.items():
        (out / f"{name}.svg").write_text(drawing.svg(), encoding="utf-8")
        (out / f"{name}.csv").write_text(drawing.csv(), encoding="utf-8")
    wrong = differences(found, json.loads((HERE / "figures.json").read_text(encoding="utf-8")))
    print(f"{len(drawings)} figures drawn in {out}")  # noqa: T201
    print("All figures agree." if not wrong else "\n".join(["Different:", *wrong[:50]]))  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
