"""Trivial figures: what a program could tell real from artificial by without looking at particles.

They go into the shortcut audit. None says anything about realism; where one of them alone sorts
the images, raters may have learnt it, or will.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from scipy import ndimage

if TYPE_CHECKING:
    from numpy.typing import NDArray

BLOCK_PX = 8  # of JPEG
NYQUIST_FROM = 0.8  # of the Nyquist frequency: where upsampling by a network leaves its trace
LOWEST_RADIUS = 0.1  # below it a spectrum shows particles, not how the image was made
RUNNING_MEDIAN = 15  # frequencies
_NO_POWER = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class TrivialFigures:
    """Trivial figures of an image.

    Attributes
    ----------
    png_bytes, jpeg_bytes : int
        Length as PNG of level 9 and as JPEG of quality 90.
    noise_grey : float
        Standard deviation of what a 3 x 3 median takes away.
    blockiness : float
        Mean step across the strongest grid of 8 px over the mean step elsewhere; 1: no grid.
    axial_peak_db : float
        Strongest peak of the spectrum along the rows or the columns, over its running median.
    point_peak_db : float
        Strongest point of the spectrum over the median of its ring.
    nyquist_db : float
        Share of the power that lies near the Nyquist frequency.
    """

    png_bytes: int
    jpeg_bytes: int
    noise_grey: float
    blockiness: float
    axial_peak_db: float
    point_peak_db: float
    nyquist_db: float


def trivial_figures_of(image: NDArray[np.uint8]) -> dict[str, Any]:
    """Return the fields of `TrivialFigures` of an image of shape (H, W), uint8."""
    power = _power(image)
    return {
        "png_bytes": _coded_bytes(image, ".png", cv2.IMWRITE_PNG_COMPRESSION, 9),
        "jpeg_bytes": _coded_bytes(image, ".jpg", cv2.IMWRITE_JPEG_QUALITY, 90),
        "noise_grey": round(_noise(image), 4),
        "blockiness": round(max(_blockiness(image), _blockiness(image.T)), 4),
        "axial_peak_db": round(max(_axial_peak_db(power), _axial_peak_db(power.T)), 3),
        "point_peak_db": round(_point_peak_db(power), 3),
        "nyquist_db": round(_nyquist_db(power), 3),
    }


def _coded_bytes(image: NDArray[np.uint8], suffix: str, option: int, value: int) -> int:
    done, coded = cv2.imencode(suffix, image, [option, value])
    if not done:
        raise ValueError(f"the image cannot be written as {suffix}")
    return int(coded.size)


def _noise(image: NDArray[np.uint8]) -> float:
    return float((image.astype(np.float64) - cv2.medianBlur(image, 3)).std())


def _blockiness(image: NDArray[np.uint8]) -> float:
    """Compare the steps between columns at each place of the grid; a cut image may have any."""
    steps = np.abs(np.diff(image.astype(np.float64), axis=1)).mean(axis=0)
    whole = steps[: steps.size // BLOCK_PX * BLOCK_PX].reshape(-1, BLOCK_PX).mean(axis=0)
    if not whole.any():
        return 1.0
    others = (whole.sum() - whole) / (BLOCK_PX - 1)
    return float((whole / np.maximum(others, _NO_POWER)).max())


def _power(image: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the power spectrum, (H, W), frequency 0 at [0, 0]; windowed against the border."""
    grey = image.astype(np.float64)
    window = np.outer(np.hanning(image.shape[0]), np.hanning(image.shape[1]))
    spectrum = np.abs(np.fft.fft2((grey - grey.mean()) * window))
    return np.asarray(spectrum**2 + _NO_POWER, dtype=np.float64)


def _radii(shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Return the distance of each frequency from 0, in units of the Nyquist frequency."""
    rows, columns = np.fft.fftfreq(shape[0]), np.fft.fftfreq(shape[1])
    return np.asarray(np.hypot(rows[:, None], columns[None, :]) * 2, dtype=np.float64)


def _axial_peak_db(power: NDArray[np.float64]) -> float:
    along = 10 * np.log10(power.mean(axis=0)[1 : power.shape[1] // 2 + 1])
    from_radius = int(LOWEST_RADIUS * along.size)
    over = along - ndimage.median_filter(along, RUNNING_MEDIAN, mode="nearest")
    return float(over[from_radius:].max())


def _point_peak_db(power: NDArray[np.float64]) -> float:
    radii = _radii(power.shape)
    chosen = (radii >= LOWEST_RADIUS) & (radii <= 1)
    rings = (radii[chosen] * min(power.shape) / 2).astype(np.intp)
    decibels = 10 * np.log10(power[chosen])
    order = np.lexsort((decibels, rings))
    rings, decibels = rings[order], decibels[order]
    starts = np.flatnonzero(np.r_[True, np.diff(rings) > 0])
    ends = np.r_[starts[1:], rings.size]
    medians = decibels[(starts + ends) // 2]
    return float((decibels[ends - 1] - medians).max())


def _nyquist_db(power: NDArray[np.float64]) -> float:
    return float(10 * np.log10(power[_radii(power.shape) >= NYQUIST_FROM].sum() / power.sum()))
