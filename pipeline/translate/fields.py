"""Random fields: the raw material of textures, charge and roughness."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]
"""Array of shape (H, W), float32."""

_FINEST_SIGMA = 1.5  # in pixels of the coarse grid; below, its corners would show


def smoothed(image: Field, sigma_px: float) -> Field:
    """Return a field blurred by a Gaussian of this sigma, mirrored at its border."""
    result = cv2.GaussianBlur(image, (0, 0), sigma_px, borderType=cv2.BORDER_REFLECT)
    return cast("Field", result)


def resized(image: Field, *, rows: int, columns: int, smooth: bool = False) -> Field:
    """Return a field on another grid: averaged where smaller, cubic or linear where larger."""
    if rows < image.shape[0]:
        how = cv2.INTER_AREA
    else:
        how = cv2.INTER_CUBIC if smooth else cv2.INTER_LINEAR
    return cast("Field", cv2.resize(image, (columns, rows), interpolation=how))


def smooth_noise(shape: tuple[int, int], sigma_px: float, rng: np.random.Generator) -> Field:
    """Return Gaussian noise of mean 0 and standard deviation 1 with a correlation length.

    Parameters
    ----------
    shape : (int, int)
        Rows and columns.
    sigma_px : float
        Sigma of the Gaussian that smooths it; made on a coarser grid where that is enough.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    ndarray of shape (H, W), float32
    """
    shrink = max(int(sigma_px / _FINEST_SIGMA), 1)
    rows, columns = (-(-side // shrink) + 8 for side in shape)
    coarse = rng.standard_normal((rows, columns), dtype=np.float32)
    sigma = sigma_px / shrink
    if sigma > 0.1:
        coarse = smoothed(coarse, sigma)
        # Blurring white noise leaves the sum of the kernel's squares as its variance.
        kernel = cv2.getGaussianKernel(2 * int(4 * sigma + 1) + 1, sigma)
        coarse /= np.float32((kernel**2).sum())
    if shrink > 1:
        coarse = resized(coarse, rows=rows * shrink, columns=columns * shrink, smooth=True)
    start = 4 * shrink
    return coarse[start : start + shape[0], start : start + shape[1]]
