"""Marks of one image as a figure of its own: over the picture, its height map, or a bare ground."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from survey.figures.counting import Counting, marked_image, marked_truth
from survey.figures.drawing import Row, csv_of
from survey.figures.marks import GRID, cells_met

COLUMNS = (
    "image", "truth", "row", "column", "x_px", "y_px", "width_px", "height_px", "marks",
)  # fmt: skip
MARK, GROUND = "#ff9d00", "#3a3a3a"
_DARKEST = 0.65  # opacity of the cell with most marks
_PNG_AT_LEAST_PX = 1024.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of the grid in px of the image as raters got it, and how many marks meet it."""

    row: int
    column: int
    x: float
    y: float
    width: float
    height: float
    marks: int
    opacity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What the marks lie over: a PNG, of which the part that raters got begins at the corner."""

    png: bytes
    width_px: int
    height_px: int
    corner_x: int = 0
    corner_y: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """One image's marks; sizes are those of the image as raters got it, px."""

    image: str
    truth: str
    width_px: int
    height_px: int
    marks: int
    cells: Sequence[Cell]

    @classmethod
    def of(
        cls,
        regions: Sequence[Sequence[float]],
        *,
        image: str,
        truth: str,
        width_px: int,
        height_px: int,
    ) -> Overlay:
        """Count `regions`, (x, y, width, height) in px; cells that none meets are left out."""
        counts = cells_met(regions, width_px=width_px, height_px=height_px)
        return cls(
            image=image,
            truth=truth,
            width_px=width_px,
            height_px=height_px,
            marks=len(regions),
            cells=_cells(counts, width_px / GRID, height_px / GRID),
        )

    @property
    def rows(self) -> list[Row]:
        return [
            {
                "image": self.image,
                "truth": self.truth,
                "row": one.row,
                "column": one.column,
                "x_px": one.x,
                "y_px": one.y,
                "width_px": one.width,
                "height_px": one.height,
                "marks": one.marks,
            }
            for one in self.cells
        ]

    def csv(self) -> str:
        return csv_of(self.rows, COLUMNS)

    def svg(self, over: Picture | None = None) -> str:
        """Draw it in one file; without a picture on a dark ground of the same size."""
        width, height = self.width_px, self.height_px
        step = width / 36  # of the line below: letters grow with the picture
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" '
            f'width="{width}" height="{height + 2 * step:.2f}" '
            f'viewBox="0 0 {width} {height + 2 * step:.2f}">'
            f'<rect width="{width}" height="{height + 2 * step:.2f}" fill="white"/>'
            f'<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
            f'<rect width="{width}" height="{height}" fill="{GROUND}"/>'
            f"{_embedded(over)}{''.join(_rect(one) for one in self.cells)}</svg>"
            f'<text x="{step / 2:.2f}" y="{height + 1.4 * step:.2f}" font-family="sans-serif" '
            f'font-size="{step:.2f}" fill="black">{self.told}</text></svg>'
        )

    def png(self, over: Picture | None = None) -> bytes:
        # Loaded when a figure is asked for: it brings an engine of its own along.
        import vl_convert

        # Never below 1:1: pixels of the picture stay what they are.
        scale = max(1.0, _PNG_AT_LEAST_PX / self.width_px)
        made: bytes = vl_convert.svg_to_png(self.svg(over), scale=scale)
        return made

    @property
    def told(self) -> str:
        most = max((one.marks for one in self.cells), default=0)
        marks = f"{self.marks} mark{'' if self.marks == 1 else 's'}"
        return f"Image {self.image} ({self.truth}): {marks}, at most {most} at one place"


def overlays_of(
    document: Mapping[str, Any],
    answers: Iterable[Mapping[str, str]],
    *,
    width_px: int,
    height_px: int,
) -> dict[str, Overlay]:
    """Every image that somebody who counts has marked, by number; `answers` as rows of the CSV."""
    regions: dict[str, list[list[float]]] = {}
    truths: dict[str, str] = {}
    for one in Counting(document).counted(answers):
        if one["regions"]:
            image = marked_image(one)
            truths[image] = marked_truth(one)
            regions.setdefault(image, []).extend(json.loads(one["regions"]))
    return {
        image: Overlay.of(
            regions[image],
            image=image,
            truth=truths[image],
            width_px=width_px,
            height_px=height_px,
        )
        for image in sorted(regions, key=int)
    }


def _cells(counts: Counter[tuple[int, int]], wide: float, high: float) -> list[Cell]:
    most = max(counts.values(), default=1)
    return [
        Cell(
            row=row,
            column=column,
            x=round(column * wide, 2),
            y=round(row * high, 2),
            width=round(wide, 2),
            height=round(high, 2),
            marks=marks,
            opacity=round(_DARKEST * marks / most, 3),
        )
        for (row, column), marks in sorted(counts.items())
    ]


def _rect(one: Cell) -> str:
    return (
        f'<rect x="{one.x}" y="{one.y}" width="{one.width}" height="{one.height}" '
        f'fill="{MARK}" fill-opacity="{one.opacity}"/>'
    )


def _embedded(over: Picture | None) -> str:
    if over is None:
        return ""
    data = base64.b64encode(over.png).decode()
    return (
        f'<image x="{-over.corner_x}" y="{-over.corner_y}" width="{over.width_px}" '
        f'height="{over.height_px}" image-rendering="optimizeSpeed" '
        f'href="data:image/png;base64,{data}"/>'
    )
