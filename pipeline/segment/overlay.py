"""Outlines of particles on their micrograph, for people to judge by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Okabe and Ito's palette without black and the greys' neighbours: safe for colour-blind readers.
_COLOURS = np.array(
    [(86, 180, 233), (230, 159, 0), (0, 158, 115), (240, 228, 66), (213, 94, 0), (204, 121, 167)],
    np.uint8,
)
_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))


def outlined(grey: NDArray[np.uint8], labels: NDArray[Any]) -> NDArray[np.uint8]:
    """Draw the inner rim of each particle in a colour of its own.

    Parameters
    ----------
    grey : ndarray of shape (H, W), uint8
    labels : ndarray of shape (H, W), integer
        Instances, 0 is background.

    Returns
    -------
    ndarray of shape (H, W, 3), uint8
        RGB.
    """
    shown = np.repeat(grey[..., None], 3, axis=2)
    numbers = labels.astype(np.float32)  # exact to 2^24, and a type that OpenCV dilates
    rim = (labels > 0) & (
        (cv2.dilate(numbers, _CROSS) != numbers) | (cv2.erode(numbers, _CROSS) != numbers)
    )
    shown[rim] = _COLOURS[labels[rim] % len(_COLOURS)]
    return shown


def to_grey(image: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Show an image scaled by `normalise.to_input`: 0 black, 1 white."""
    grey: NDArray[np.uint8] = np.rint(image.clip(0, 1) * 255).astype(np.uint8)
    return grey
