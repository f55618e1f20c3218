"""Pictures that say what to answer: who answers otherwise did not look."""

from __future__ import annotations

import textwrap
import zlib
from typing import TYPE_CHECKING

import cv2
import numpy as np

from pipeline.errors import InputRefused

if TYPE_CHECKING:
    from numpy.typing import NDArray

GROUND_GREY, NOISE_GREY, INK = 128, 12, 16
FONT, CHARACTERS, PART = cv2.FONT_HERSHEY_DUPLEX, 14, 0.86  # a line's most; of the width


def wanted(entry: str) -> tuple[str, str]:
    """Return name and text of an entry "NAME: TEXT" of the spec.

    Raises
    ------
    InputRefused
        It has another form, or its name could lead out of the folder.
    """
    name, colon, text = entry.partition(": ")
    if not colon or not text.strip() or not name.isalnum() or not text.isascii():
        raise InputRefused(entry, "is no “NAME: TEXT” of letters and digits.")
    return name, text.strip()


def attention_picture(
    text: str, *, name: str, height_px: int, width_px: int, seed: int
) -> NDArray[np.uint8]:
    """Draw text as large as it fits on neutral noise; an (H, W) uint8 image, the same each time."""
    rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
    ground = rng.normal(GROUND_GREY, NOISE_GREY, (height_px, width_px)).clip(40, 216)
    picture: NDArray[np.uint8] = np.ascontiguousarray(np.rint(ground).astype(np.uint8))
    lines = textwrap.wrap(text, CHARACTERS)
    sizes = [cv2.getTextSize(line, FONT, 1.0, 1)[0] for line in lines]
    high = max(size[1] for size in sizes)
    scale = min(
        PART * width_px / max(size[0] for size in sizes),
        PART * height_px / (1.9 * high * len(lines)),
    )
    thick = max(1, round(scale * 1.6))
    step = 1.9 * high * scale
    first = height_px / 2 - step * (len(lines) - 1) / 2 + high * scale / 2
    for index, (line, size) in enumerate(zip(lines, sizes, strict=True)):
        place = round((width_px - size[0] * scale) / 2), round(first + index * step)
        cv2.putText(picture, line, place, FONT, scale, [INK], thick, cv2.LINE_AA)
    return picture
