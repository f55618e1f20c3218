"""Corrections of a label image, in the order in which a person made them.

``edits.json`` is ``{"edits": [{"op": "delete", "labels": [3, 7]}, ...]}``. Points are (row,
column); pixel centres are whole numbers. New particles get the next number that was never in use,
so that the browser's preview and the stage name them alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pipeline import codec
from pipeline.codec import Param
from pipeline.errors import SpecRefused

Point = tuple[float, float]
Outline = Literal["brush", "polygon"]

MOST_EDITS = 20_000
_POINTS = Param("Points (row, column); pixel centres are whole numbers.", unit="px", min_items=1)
_RADIUS = Param("Radius of the brush; a polygon has none.", unit="px", ge=0, le=500)
_LABELS = Param("Particles by number.", ge=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete:
    """Make particles ground."""

    op: Literal["delete"] = "delete"
    labels: Annotated[tuple[int, ...], _LABELS]


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Make touching particles one; it keeps the lowest of their numbers."""

    op: Literal["merge"] = "merge"
    labels: Annotated[tuple[int, ...], _LABELS]


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Cut a particle along a line; the largest part keeps the number."""

    op: Literal["split"] = "split"
    label: Annotated[int, Param("The particle by number.", ge=1)]
    line: Annotated[tuple[Point, ...], _POINTS]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paint:
    """Add pixels to a particle, or with `label` 0 a new particle.

    Only ground is painted, unless `over` allows to take pixels from other particles.
    """

    op: Literal["paint"] = "paint"
    label: Annotated[int, Param("The particle by number; 0 makes a new one.", ge=0)] = 0
    shape: Outline = "brush"
    points: Annotated[tuple[Point, ...], _POINTS]
    radius_px: Annotated[float, _RADIUS] = 0.0
    over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Erase:
    """Make pixels ground, of one particle or with `label` 0 of any."""

    op: Literal["erase"] = "erase"
    label: Annotated[int, Param("The particle by number; 0 takes all.", ge=0)] = 0
    shape: Outline = "brush"
    points: Annotated[tuple[Point, ...], _POINTS]
    radius_px: Annotated[float, _RADIUS] = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Renumber:
    """Number the particles 1, 2, 3 and so on in the order of their numbers."""

    op: Literal["renumber"] = "renumber"


Edit = Delete | Merge | Split | Paint | Erase | Renumber
_EDIT_OF: dict[str, type[Edit]] = {
    "delete": Delete,
    "merge": Merge,
    "split": Split,
    "paint": Paint,
    "erase": Erase,
    "renumber": Renumber,
}


def edits_from_json(text: str) -> tuple[Edit, ...]:
    """Read a list of edits.

    Raises
    ------
    SpecRefused
        Naming the edit, and the field of it, that is wrong.
    """
    data = codec.parse_json(text, source="edits")
    listed = data.get("edits") if isinstance(data, dict) and set(data) == {"edits"} else None
    if not isinstance(listed, list):
        raise SpecRefused("edits", 'expected an object {"edits": [...]}')
    if len(listed) > MOST_EDITS:
        raise SpecRefused("edits", f"are {len(listed)}; save after at most {MOST_EDITS}")
    return tuple(_edit(entry, f"edits[{at}]") for at, entry in enumerate(listed))


def _edit(entry: Any, path: str) -> Edit:
    kind = entry.get("op") if isinstance(entry, dict) else None
    if not isinstance(kind, str) or kind not in _EDIT_OF:
        raise SpecRefused(f"{path}.op", f"{kind!r} is not one of {', '.join(_EDIT_OF)}")
    return codec.from_jsonable(_EDIT_OF[kind], entry, path=path)
