"""Words that people type: cleaned once, the same everywhere."""

import unicodedata

from catalog.errors import Refused


def clean_line(value: str, *, limit: int) -> str:
    """One line without control characters, cut to what the database holds."""
    kept = "".join(
        " " if character.isspace() else character
        for character in value
        if character.isspace() or unicodedata.category(character)[0] != "C"
    )
    return " ".join(kept.split())[:limit].rstrip()


def required_line(value: str, *, limit: int, what: str) -> str:
    cleaned = clean_line(value, limit=limit)
    if not cleaned:
        raise Refused(f"{what} is missing; write it and send it again.")
    return cleaned
