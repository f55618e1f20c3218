"""Cells of CSV and Excel files that no spreadsheet takes for a formula."""

from typing import Any

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def safe_cell(value: Any) -> Any:
    """Numbers stay numbers; text that a spreadsheet would compute gets a quote in front (OWASP)."""
    if isinstance(value, str) and value.startswith(_STARTS):
        return "'" + value
    return value
