"""What the network learns to draw, made from instance labels: three maps per image.

foreground  1 on particles
contact     1 where two particles meet, a line of two pixels
distance    distance to the particle's own border over its largest value in the particle
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

CHANNELS = ("foreground", "contact", "distance")

_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
_SQUARE = cv2.getStructuringElement(cv2.MORPH_RECT, (3, 3))
_NO_LABEL = np.iinfo(np.uint16).max


def contact(labels: NDArray[np.uint16]) -> NDArray[np.bool_]:
    """Mark the pixels that have two different particles among themselves and their 8 neighbours.

    Parameters
    ----------
    labels : ndarray of shape (H, W), uint16
        Instances, 0 is background. A gap of one background pixel between two particles is marked
        too.

    Returns
    -------
    ndarray of shape (H, W), bool
    """
    highest = cv2.dilate(labels, _SQUARE)
    without_ground = np.where(labels == 0, np.uint16(_NO_LABEL), labels)
    lowest = cv2.erode(without_ground, _SQUARE)
    meet: NDArray[np.bool_] = (highest != 0) & (lowest != highest)
    return meet


def distance(labels: NDArray[np.uint16]) -> NDArray[np.float32]:
    """Distance to the border of the own particle, 1 at the particle's innermost pixel.

    The border of the image is no border of a particle: what is cut off goes on outside.

    Parameters
    ----------
    labels : ndarray of shape (H, W), uint16
        Instances, 0 is background.

    Returns
    -------
    ndarray of shape (H, W), float32
        In [0, 1], 0 on the background.
    """
    particles = labels > 0
    # A way out of a particle crosses its own rim first, so one distance transform to the rims of
    # all particles gives each pixel the distance to its own.
    rim = (cv2.dilate(labels, _CROSS) != labels) | (cv2.erode(labels, _CROSS) != labels)
    if not (rim & particles).any():
        return particles.astype(np.float32)
    inside = cv2.distanceTransform(
        (~(rim & particles)).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE
    )
    inside = np.where(particles, inside + 0.5, 0.0).astype(np.float32)  # rim pixels' centres: 0.5
    largest = np.zeros(int(labels.max()) + 1, np.float32)
    np.maximum.at(largest, labels.ravel(), inside.ravel())
    largest[0] = 1.0
    normalised: NDArray[np.float32] = inside / largest[labels]
    return normalised
