"""Cells of CSV and Excel files that no spreadsheet takes for a formula."""

import re
from typing import Any

# The last four are the wide ones of East Asian keyboards, which some spreadsheets take as well.
_SIGNS = "=+\\-@|%\uff1d\uff0b\uff0d\uff20"
_AT_START = re.compile(rf"(?=[{_SIGNS}\t\r\n])")
# Where a comma is the decimal sign, spreadsheets part cells at semicolons, whatever the file says.
_IN_THE_MIDDLE = re.compile(rf"(?<=[;\t])(?=[{_SIGNS}])")


def safe_cell(value: Any) -> Any:
    """Numbers stay numbers; text that a spreadsheet would compute gets a quote in front.

    https://owasp.org/www-community/attacks/CSV_Injection
    """
    if not isinstance(value, str):
        return value
    inside = _IN_THE_MIDDLE.sub("'", value)
    return f"'{inside}" if _AT_START.match(inside) else inside
