"""The worked example of the mixed model, which lies in a file of others."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from survey.statistics.crossed import Term
from survey.statistics.laplace import Model, binomial


def cbpp(path: Path) -> Model:
    """Read contagious bovine pleuropneumonia in 15 herds from `cbpp.csv` of R's lme4.

    Lesnoff et al. 2004, Prev. Vet. Med. 64, 53: cases among animals at risk, by herd and period.
    Fixed: intercept and periods 2 to 4; random: an intercept a herd; logit link. Raises KeyError,
    ValueError or OSError on another file.
    """
    with path.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    herd, cases, size, period = (
        np.array([int(row[name]) for row in rows], dtype=np.int64)
        for name in ("herd", "incidence", "size", "period")
    )
    ones = np.ones(len(rows))
    fixed = np.column_stack([ones, *((period == number) * 1.0 for number in (2, 3, 4))])
    herds = Term("herd", herd - 1, ones, int(herd.max()))
    return binomial(fixed, [herds], cases.astype(float), size.astype(float), "logit")
