"""What an image looks like, in 64 bits: alike images differ in few of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import imagehash
import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray


def phash(grey: NDArray[np.uint8]) -> str:
    """Return the perceptual hash of an image as 16 hexadecimal digits.

    The signs, against their median, of the 8 x 8 lowest frequencies of the cosine transform of the
    image at 32 x 32 pixels: Zauner 2010, "Implementation and benchmarking of perceptual image hash
    functions", section 3.2.1.

    Parameters
    ----------
    grey : ndarray of shape (H, W), uint8
        What the micrograph shows, without a data bar: those of one microscope are all alike.
    """
    return str(imagehash.phash(Image.fromarray(np.ascontiguousarray(grey))))
