"""Published data that lie in files of others; nothing of them is in this repository."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl

from survey.statistics.arrays import Bools, Floats


def van_dyke(path: Path, *, treatment: int = 1) -> tuple[Floats, Bools]:
    """Read a treatment, 1 or 2, of Van Dyke's study from RJafroc's `VanDyke.xlsx`.

    Ratings (5 readers, 114 cases) float64, 1 to 5; truth (114,) bool, true is diseased: 45 cases
    of the sheet TP, 69 of the sheet FP. Raises KeyError or OSError on another file.
    """
    # Read-only skips drawings, to which this file refers but which it does not hold.
    book = openpyxl.load_workbook(path, read_only=True)
    found: dict[tuple[str, int], float] = {}
    for name in ("TP", "FP"):
        sheet = book[name]
        sheet.reset_dimensions()  # the file says A1
        columns = (0, 1, 2, 4 if name == "TP" else 3)
        for row in sheet.iter_rows(min_row=2, values_only=True):
            reader, shown, case, rating = (row[column] for column in columns)
            if str(shown) == str(treatment - 1):
                found[str(reader), int(str(case))] = float(str(rating))
    book.close()
    readers = sorted({reader for reader, _ in found})
    cases = sorted({case for _, case in found})
    scores = np.array([[found[reader, case] for case in cases] for reader in readers])
    return scores, np.array(cases) > 69
