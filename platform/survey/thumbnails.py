"""Small copies of a study's images for galleries and reports: 28 whole ones are 20 MB."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import TYPE_CHECKING

from core.files import file_open
from core.models import StoredFile

if TYPE_CHECKING:
    from PIL import Image

SIDE_PX = 360  # shown at half of it on a fine screen
_KEPT = 300  # of 30 kB


@lru_cache(maxsize=_KEPT)
def small_webp(sha256: str) -> bytes:
    """Return a grey image of 8 or 16 bits made to fit `SIDE_PX` on 8 bits, as WebP.

    The files are the platform's own: a stage wrote them, nobody uploaded them as they are.
    """
    out = io.BytesIO()
    _small(sha256).save(out, "WEBP", quality=82, method=4)
    return out.getvalue()


def small_png(sha256: str) -> bytes:
    """The same as PNG, for reports: whatever opens them knows it."""
    out = io.BytesIO()
    _small(sha256).save(out, "PNG", optimize=True)
    return out.getvalue()


def _small(sha256: str) -> Image.Image:
    import numpy as np  # galleries and reports alone need them
    from PIL import Image

    with file_open(StoredFile(sha256=sha256)) as stream, Image.open(stream) as image:
        levels = np.asarray(image if image.mode.startswith("I") else image.convert("L"))
    if levels.dtype != np.uint8:
        levels = (levels >> 8).astype(np.uint8)
    small = Image.fromarray(levels)
    small.thumbnail((SIDE_PX, SIDE_PX), Image.Resampling.LANCZOS)
    return small
