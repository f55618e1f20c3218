"""A pair whose every value is known: a sloping plane of heights, squares, greys by position."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from core.files import bytes_store
from core.models import StoredFile
from runs.models import Pair
from tests.web.factories import make_pair

if TYPE_CHECKING:
    from numpy.typing import NDArray

WIDTH, HEIGHT, TOP_NM, NM_PER_PX = 300, 200, 600.0, 4.0


def height_steps() -> NDArray[np.uint16]:
    """Heights in steps of TOP_NM / 65535: they rise evenly from left to right."""
    columns = np.arange(WIDTH) + 0.5
    row = np.round(columns / WIDTH * 65535).astype(np.uint16)
    return np.repeat(row[None], HEIGHT, axis=0)


def labels() -> NDArray[np.uint16]:
    """Label 1 alone, 2 and 3 side by side, 4 cut by the border."""
    found = np.zeros((HEIGHT, WIDTH), np.uint16)
    found[40:80, 30:90] = 1
    found[100:160, 120:160], found[100:160, 160:200] = 2, 3
    found[180:, 270:] = 4
    return found


def greys(seed: int) -> NDArray[np.uint8]:
    rows, columns = np.indices((HEIGHT, WIDTH))
    found: NDArray[np.uint8] = ((columns * 3 + rows * 5 + seed * 91) % 256).astype(np.uint8)
    return found


def store(array: NDArray[Any]) -> StoredFile:
    return bytes_store(cv2.imencode(".png", array)[1].tobytes(), media_type="image/png")


def known_pair(*, seed: int = 0, **fields: Any) -> Pair:
    return make_pair(
        image=store(greys(seed)),
        height=store(height_steps()),
        labels=store(labels()),
        width_px=WIDTH,
        height_px=HEIGHT,
        nm_per_px=NM_PER_PX,
        top_nm=TOP_NM,
        **fields,
    )
