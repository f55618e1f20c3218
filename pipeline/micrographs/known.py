"""What people know of micrographs and the files do not say: `micrographs.json` beside them.

It maps names of files to facts::

    {"12-powder.tif": {"nm_per_px": 4.6, "data_bar_row": 690}}

What stands there wins over the file's own tags and over what is found in its pixels.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pipeline import codec
from pipeline.codec import Param
from pipeline.errors import InputRefused, SpecRefused

NAME = "micrographs.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Facts of one micrograph; None where nobody said."""

    nm_per_px: Annotated[float | None, Param("Pixel size.", unit="nm/px", gt=0)] = None
    data_bar_row: Annotated[int | None, Param("First row of the data bar.", unit="px", ge=1)] = None


def known_of(path: Path) -> Known:
    """Return what is known of a micrograph besides its file.

    Raises
    ------
    InputRefused
        Its entry in `micrographs.json`, or that file, cannot be understood.
    """
    listed = path.parent / NAME
    try:
        entries = _entries(listed, listed.stat().st_mtime_ns)
    except FileNotFoundError:
        return Known()
    except (SpecRefused, UnicodeDecodeError) as error:
        raise InputRefused(NAME, f"cannot be read ({error}); mend or remove it.") from None
    try:
        return codec.from_jsonable(Known, entries.get(path.name, {}))
    except SpecRefused as error:
        raise InputRefused(path.name, f"{NAME} says of it: {error}; mend the entry.") from None


@functools.lru_cache(maxsize=4)
def _entries(listed: Path, changed_ns: int) -> dict[str, object]:
    del changed_ns  # a file that was changed is read again
    entries = codec.parse_json(listed.read_text(encoding="utf-8"), source=NAME)
    if not isinstance(entries, dict):
        raise SpecRefused(NAME, "is no object that maps names to facts")
    return entries
