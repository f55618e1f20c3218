"""Each image's own figures: which gave themselves away, which fooled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from survey.statistics.interval import Interval
from survey.statistics.proportions import wilson
from survey.statistics.tidy import ARTIFICIAL, REAL, Rows, Table
from survey.statistics.undefined import Figure, Undefined


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFigures:
    """One image, over the raters who judged it."""

    image: str
    truth: str
    arm: str
    answers: int
    said_artificial: int
    part_artificial: float
    interval: Interval | Undefined  # Wilson: raters are independent on one image
    part_wrong: float  # its difficulty
    median_ms: Figure


def images_of(table: Table, rows: Rows) -> tuple[ImageFigures, ...]:
    """Figures of each image of the table, in its order."""
    order = np.argsort(rows.image, kind="stable")
    cuts = np.searchsorted(rows.image[order], np.arange(1, len(table.images)))
    times = np.split(rows.response_ms[order], cuts)
    answers = (~np.isnan(table.decisions)).sum(axis=0).tolist()
    said = np.nansum(table.decisions, axis=0).astype(int).tolist()
    found = []
    for number, image in enumerate(table.images):
        part = said[number] / answers[number]
        is_artificial = bool(table.truth[number])
        timed = times[number][times[number] > 0]
        found.append(
            ImageFigures(
                image=image,
                truth=ARTIFICIAL if is_artificial else REAL,
                arm=str(table.arms[number]),
                answers=answers[number],
                said_artificial=said[number],
                part_artificial=part,
                interval=wilson(said[number], answers[number]),
                part_wrong=1 - part if is_artificial else part,
                median_ms=float(np.median(timed))
                if timed.size
                else Undefined("No answer to this image has a time."),
            )
        )
    return tuple(found)
