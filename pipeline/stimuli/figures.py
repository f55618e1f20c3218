"""What is said of a stimulus: trivial figures by which real and artificial must not differ much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from pipeline.looks import phash
from pipeline.stimuli.bars import bar_doubt
from pipeline.stimuli.trivial import TrivialFigures, trivial_figures_of

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class StimulusFigures(TrivialFigures):
    """One stimulus of ``report.json``.

    Attributes
    ----------
    sharpness_grey2 : float
        Variance of the Laplacian.
    phash : str
        Perceptual hash, 64 bits; near-duplicates differ in few of them.
    whole_phash : str
        The same of the whole micrograph without its data bar, as datasets hash their images.
    bar_doubt : str
        What looks like the rest of a data bar or scale bar, in words; empty where nothing does.
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
    whole_phash: str
    bar_doubt: str


def figures_of(
    cut: NDArray[np.uint8],
    *,
    name: str,
    whole: NDArray[np.uint8],
    bar_row: int | None,
    corner: tuple[int, int],
) -> StimulusFigures:
    """Return the figures of a cut image of shape (H, W), uint8, of a `whole` without its bar."""
    return StimulusFigures(
        name=name,
        source_width_px=whole.shape[1],
        source_height_px=whole.shape[0],
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
        phash=phash(cut),
        whole_phash=phash(whole),
        bar_doubt=bar_doubt(cut),
        **trivial_figures_of(cut),
    )
