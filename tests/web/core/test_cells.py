"""No text computes anything in a spreadsheet, however the spreadsheet parts a line into cells."""

import csv
import io
from typing import Any

import pytest

from core.cells import safe_cell

SIGNS = ["=", "+", "-", "@", "|", "%", "\t=", "\r=", "\n=", "\uff1d", "\uff0b", "\uff0d", "\uff20"]


@pytest.mark.parametrize("sign", SIGNS)
def test_text_that_begins_like_a_formula_gets_a_quote(sign: str) -> None:
    assert safe_cell(f"{sign}1+1") == f"'{sign}1+1".replace("\t=", "\t'=")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\uff1d"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_no_cell_begins_like_a_formula_where_lines_are_parted_elsewhere(
    separator: str, sign: str
) -> None:
    """Excel in German parts at semicolons: a name there must not begin another cell."""
    out = io.StringIO()
    csv.writer(out).writerow([safe_cell(f"powder{separator}{sign}cmd|x!A0"), "beside"])
    for delimiter in (",", ";", "\t"):
        for cell in next(csv.reader([out.getvalue()], delimiter=delimiter)):
            assert not cell.startswith(sign), (delimiter, cell)


@pytest.mark.parametrize("value", [-1.5, 0, None, True, "a-b", "1=1", "a; -b", "5 %", ""])
def test_numbers_and_plain_text_stay_as_they_are(value: Any) -> None:
    assert safe_cell(value) == value
