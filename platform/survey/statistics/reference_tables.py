"""Short published tables that the statistics are checked on."""

from __future__ import annotations

import numpy as np

from survey.statistics.arrays import Floats


def _numbers(rows: str, sep: str | None = None) -> Floats:
    """Rows parted by slashes, numbers by blanks or not at all; a dot is a missing answer."""
    words = [list(row) if sep == "" else row.split(sep) for row in rows.split("/")]
    return np.array([[np.nan if word == "." else float(word) for word in row] for row in words])


# Fourteen raters, ten subjects, five categories: (subjects, categories) counts. Wikipedia, "Fleiss'
# kappa".
WIKIPEDIA_COUNTS = _numbers(
    "0 0 0 0 14/0 2 6 4 2/0 0 3 5 6/0 3 9 2 0/2 2 8 1 1/7 7 0 0 0/3 2 6 3 0/2 5 3 2 2/6 5 2 1 0/"
    "0 2 2 3 7"
)

# Six psychiatrists, thirty patients, five diagnoses: (raters, patients). Fleiss 1971.
FLEISS_1971 = _numbers(
    (
        "444444/222555/233335/555555/222444/113333/333355/113334/114444/555555/144444/124444/"
        "222333/144444/224445/333335/111455/111112/224444/133555/555555/244444/224555/114444/"
        "144445/222224/111155/224444/133333/555555"
    ),
    sep="",
).T

# Four coders, twelve units: (coders, units). Krippendorff 2011; Gwet 2014.
KRIPPENDORFF_FOUR = _numbers(
    "1 2 3 3 2 1 4 1 2 . . ./1 2 3 3 2 2 4 1 2 5 . 3/. 3 3 3 2 3 4 2 2 5 1 ./"
    "1 2 3 3 2 4 4 1 2 5 1 ."
)

# Three coders, fifteen units: (coders, units). Wikipedia, "Krippendorff's alpha".
KRIPPENDORFF_THREE = _numbers(
    ". . . . . 3 4 1 2 1 1 3 3 . 3/1 . 2 1 3 3 4 3 . . . . . . ./. . 2 1 3 4 4 . 2 1 1 3 3 . 4"
)

# Wins of Milwaukee, Detroit, Toronto, New York, Boston, Cleveland, Baltimore (rows) against the
# same (columns), 1987. Agresti, Categorical Data Analysis, table 10.10.
BASEBALL_WINS = _numbers(
    "0 7 9 7 7 9 11/6 0 7 5 11 9 9/4 6 0 7 7 8 12/6 8 6 0 6 7 10/6 2 6 7 0 7 12/4 4 5 6 6 0 6/"
    "2 4 1 3 1 7 0"
)

# Ratings 1 to 5 of normal and of abnormal images: counts. Hanley & McNeil 1982, table I.
HANLEY_MCNEIL_NORMAL = (33, 6, 6, 11, 2)
HANLEY_MCNEIL_ABNORMAL = (3, 2, 2, 11, 33)
