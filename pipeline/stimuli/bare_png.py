"""A PNG that holds pixels and nothing else, and whose length tells nothing of them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def bare_png(pixels: NDArray[np.uint8]) -> bytes:
    """Return an (H, W) uint8 image as PNG: header, pixels, end.

    zlib's level 0 stores without compressing, so images of one size have files of one length.
    """
    stream = io.BytesIO()
    # From the array: an image that was opened would carry its metadata along.
    Image.fromarray(pixels).save(stream, "PNG", compress_level=0)
    return stream.getvalue()
