"""What is said of a stimulus: trivial figures by which real and artificial must not differ much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import imagehash
import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class StimulusFigures:
    """One stimulus of ``report.json``.

    Attributes
    ----------
    sharpness_grey2 : float
        Variance of the Laplacian.
    phash : str
        Perceptual hash, 64 bits; near-duplicates differ in few of them.
    """

    name: str
    source_width_px: int
    source_height_px: int
    bar_row: int | None
    corner_row: int
    corner_column: int
    mean_grey: float
    sd_grey: float
    lowest_grey: int
    highest_grey: int
    grey_levels: int
    black_part: float
    white_part: float
    sharpness_grey2: float
    phash: str


def figures_of(
    cut: NDArray[np.uint8],
    *,
    name: str,
    source_width_px: int,
    source_height_px: int,
    bar_row: int | None,
    corner: tuple[int, int],
) -> StimulusFigures:
    """Return the figures of a cut image of shape (H, W), uint8."""
    return StimulusFigures(
        name=name,
        source_width_px=source_width_px,
        source_height_px=source_height_px,
        bar_row=bar_row,
        corner_row=corner[0],
        corner_column=corner[1],
        mean_grey=round(float(cut.mean()), 3),
        sd_grey=round(float(cut.std()), 3),
        lowest_grey=int(cut.min()),
        highest_grey=int(cut.max()),
        grey_levels=int(np.unique(cut).size),
        black_part=round(float((cut == 0).mean()), 5),
        white_part=round(float((cut == 255).mean()), 5),
        sharpness_grey2=round(float(cv2.Laplacian(cut, cv2.CV_64F).var()), 3),
        phash=str(imagehash.phash(Image.fromarray(cut))),
    )
